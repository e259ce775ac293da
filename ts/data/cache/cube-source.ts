import { resolve } from 'node:path';
import { bytesPerValue, type CubeValues } from '../cube.js';
import type { Scene } from '../datasets/index.js';
import { checkFinite } from '../finite.js';
import type { SceneSource } from './scene-file.js';

/** Most scenes are read whole: a container that unpacks everything for any part of it does
 * so once. */
const usualPiece = 2 ** 28;

/** A scene's cube, decoded rows at a time as the container allows, and whether all of it is finite.
 * @param piece bytes that are decoded at a time.
 * @throws {DataError} `DATA_NOT_FINITE`, and the readers' errors. */
export async function openCubeSource(scene: Scene, piece = usualPiece): Promise<SceneSource> {
  const reader = await scene.openCube();
  const { bands, height, width, dtype, fullScale, origin } = reader.info;
  const rowBytes = bands * width * bytesPerValue(dtype);
  let [top, rows]: [number, number] = [0, 0];
  let values: CubeValues = new Uint8Array(0);
  const load = async (row: number, least: number): Promise<void> => {
    // Whole rows of tiles, however many of them fit.
    const fit = Math.max(1, Math.floor(piece / rowBytes / least)) * least;
    [top, rows] = [row, Math.min(fit, height - row)];
    values = new Uint8Array(0); // the piece before is not needed any more
    values = await reader.read({ row, height: rows });
    await checkFinite({ name: scene.name, data: values, height: rows, width, firstRow: row });
  };
  return {
    bands,
    height,
    width,
    scale: fullScale,
    name: scene.name,
    // Whoever lists the cache is elsewhere.
    origin: { ...origin, file: resolve(origin.file) },
    async read(row, count) {
      if (row < top || row + count > top + rows) await load(row, count);
      return { values, start: (row - top) * width, bandStep: rows * width };
    },
    close: () => reader.close(),
  };
}
