import { createHash } from 'node:crypto';
import { packageVersion } from '../../version.js';
import type { Scene } from '../datasets/index.js';
import { fingerprintFiles } from '../fingerprint.js';
import { type CacheType, sceneFormat } from './scene-file.js';

/** A key from everything that the values of an entry depend on. The version of hyperlift is part of it: another may read a file
 * otherwise. */
function keyOf(facts: Readonly<Record<string, unknown>>): string {
  const whole = { format: sceneFormat, hyperlift: packageVersion(), ...facts };
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 32);
}

/** Files by their contents (`sampled`), not by their places and names. */
function contentOf(files: readonly string[]): Promise<string> {
  return fingerprintFiles([{ name: '', files }]);
}

/** The key of a scene's cube: its files, how they are read, and the type it is kept in.
 * @throws {DataError} as `fingerprintFiles`. */
export async function cubeKey(scene: Scene, type: CacheType): Promise<string> {
  const { variable, axes, fullScale, bands } = scene.reading;
  return keyOf({
    kind: 'cube',
    content: await contentOf(await scene.cubeFiles()),
    variable,
    axes,
    fullScale,
    bands,
    setScale: scene.set?.fullScale ?? undefined,
    type,
  });
}

/** The key of a scene's picture in the space of a camera.
 * @param space what that space depends on.
 * @throws {DataError} as `fingerprintFiles`. */
export async function pictureKey(scene: Scene, space: unknown, type: CacheType): Promise<string> {
  const files = scene.rgbPath === null ? [] : [scene.rgbPath];
  return keyOf({ kind: 'picture', content: await contentOf(files), space, type });
}

/** The key of a part of a cube at another size. */
export function resizedKey(
  cube: string,
  area: { row: number; column: number; height: number; width: number },
  factor: number,
  type: CacheType,
): string {
  const { row, column, height, width } = area;
  return keyOf({ kind: 'resized', cube, area: [row, column, height, width], factor, type });
}

/** The key of the picture that a camera takes of a cube.
 * @param taken what it depends on: the scene's name and the seed, which choose the noise, and the camera. */
export function takenKey(cube: string, taken: unknown, type: CacheType): string {
  return keyOf({ kind: 'taken', cube, taken, type });
}
