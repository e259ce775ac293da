import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { formatOf, openDataset } from '../data/index.js';
import type { PictureFormat } from '../degrade/index.js';
import { ConfigError, DataError } from '../errors.js';

/** Kinds of files that pictures are written to. */
export type SimulatedFormat = PictureFormat | 'npy';

const byEnding: Readonly<Record<string, SimulatedFormat>> = {
  '.png': 'png',
  '.jpg': 'jpg',
  '.jpeg': 'jpg',
  '.tif': 'tif',
  '.tiff': 'tif',
  '.npy': 'npy',
};

/** A cube, and where its picture goes. */
export interface SimulatedPair {
  /** Path of the cube. */
  cube: string;
  /** Names the picture, and chooses the noise. */
  name: string;
  file: string;
  format: SimulatedFormat;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

/** Cubes of paths: of cubes themselves, and of folders of scenes.
 * @throws {DataError} `DATA_SCENE_KIND` for a folder of pictures alone; those of the data set. */
async function cubesOf(paths: readonly string[]): Promise<{ cube: string; name: string }[]> {
  const found: { cube: string; name: string }[] = [];
  for (const path of paths) {
    if (!(await isFolder(path)) || (await formatOf(path)) !== null) {
      const stem = basename(path, extname(path));
      found.push({ cube: path, name: (await isFolder(path)) ? basename(path) : stem });
      continue;
    }
    const cubes = (await openDataset(path)).scenes.flatMap(({ cubePath, name }) =>
      cubePath === null ? [] : [{ cube: cubePath, name }],
    );
    if (cubes.length === 0) {
      throw new DataError('DATA_SCENE_KIND', `${path}: found pictures alone; cubes were expected`);
    }
    found.push(...cubes);
  }
  return found;
}

/** Settles which cubes are read and where their pictures go: a single one to `out` where that names a picture, else into the folder
 * `out`, under the name of the cube.
 * @throws {ConfigError} `CONFIG_OUT` for two cubes of one name, or several for one file. */
export async function settlePairs(
  paths: readonly string[],
  out: string,
  chosen: SimulatedFormat | undefined,
  usual: SimulatedFormat,
): Promise<SimulatedPair[]> {
  const cubes = await cubesOf(paths);
  const named = (await isFolder(out)) ? undefined : byEnding[extname(out).toLowerCase()];
  const format = chosen ?? named ?? usual;
  const [only] = cubes;
  if (named !== undefined) {
    if (cubes.length === 1 && only !== undefined) return [{ ...only, file: out, format }];
    throw new ConfigError(
      'CONFIG_OUT',
      `${out} is the name of one picture, and there are ${cubes.length} cubes; a folder was expected`,
    );
  }
  return cubes.map((pair, index) => {
    const twin = cubes.find((other, place) => place < index && other.name === pair.name);
    const file = join(out, `${pair.name}.${format}`);
    if (twin === undefined) return { ...pair, file, format };
    throw new ConfigError('CONFIG_OUT', `${twin.cube} and ${pair.cube} would both be written to ${file}`);
  });
}
