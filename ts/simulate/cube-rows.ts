import { type CubeReader, checkFinite, openCube, type ReadCubeOptions } from '../data/index.js';
import type { CubeRows } from '../degrade/index.js';

/** Bytes of a cube that is read at once: some containers begin from the start for each strip. */
const readAtOnce = 2 ** 28;
const bytesOf = { uint8: 1, uint16: 2, int16: 2, int32: 4, float32: 4, float64: 8 } as const;

/** An open cube as a camera reads it, every value checked to be finite; to be closed. */
export interface OpenCubeRows {
  rows: CubeRows;
  close(): Promise<void>;
}

/** Opens a cube of whatever container: read whole where it is small, else in strips of rows.
 * @throws {DataError} as `openCube`; reading throws `DATA_NOT_FINITE`. */
export async function openCubeRows(
  path: string,
  name: string,
  options: ReadCubeOptions,
): Promise<OpenCubeRows> {
  const reader = await openCube(path, options);
  const { bands, height, width, wavelengths, fullScale, dtype } = reader.info;
  const facts = { name, bands, height, width, wavelengths, fullScale };
  const small = bands * height * width * bytesOf[dtype] <= readAtOnce;
  const read = small ? wholeAtOnce(reader, name) : strips(reader, name);
  return { rows: { ...facts, read }, close: () => reader.close() };
}

function wholeAtOnce(reader: CubeReader, name: string): CubeRows['read'] {
  const { height, width } = reader.info;
  let whole: ReturnType<CubeReader['read']> | undefined;
  return async ({ row }) => {
    whole ??= reader.read().then(async (data) => {
      await checkFinite({ name, data, height, width });
      return data;
    });
    return { values: await whole, offset: row * width, stride: height * width };
  };
}

function strips(reader: CubeReader, name: string): CubeRows['read'] {
  const { width } = reader.info;
  return async ({ row, height }) => {
    const values = await reader.read({ row, height });
    await checkFinite({ name: `${name}, rows from ${row}`, data: values, height, width });
    return { values, offset: 0, stride: height * width };
  };
}
