import { join } from 'node:path';
import { MatCubeWriter } from '../data/index.js';
import { makeFolder, writeAtomically } from '../io/index.js';
import type { SceneScores } from '../metrics/index.js';
import { type NativeTensor, native } from '../native/index.js';
import type { OpenCheckpoint } from '../reconstruct/open-network.js';
import { type ShownScene, scenePictures } from './scene-pictures.js';

/** What is asked for of each scene, and what made its cube. */
export interface SceneWriting {
  options: { out?: string | undefined; pictures: boolean; cubes: boolean };
  network: OpenCheckpoint;
}

/** Writes what was asked for of one scene into the folder of the evaluation: pictures and, by option, its cube.
 * @returns the files. */
export async function writeScene(
  scene: ShownScene & { name: string },
  cube: NativeTensor,
  scores: SceneScores,
  { options, network }: SceneWriting,
): Promise<string[]> {
  const folder = options.out ?? '.';
  await makeFolder(folder);
  const files: string[] = [];
  if (options.pictures) {
    for (const { word, content } of await scenePictures(scene, cube, scores)) {
      const file = join(folder, `${scene.name}-${word}`);
      await writeAtomically(file, (handle) => handle.writeFile(content));
      files.push(file);
    }
  }
  if (options.cubes) {
    const file = join(folder, `${scene.name}.mat`);
    const { facts } = network;
    await writeCubeFile(
      file,
      cube,
      scene.wavelengths,
      `hyperlift ${facts.hyperlift}, network ${facts.model}`,
    );
    files.push(file);
  }
  return files;
}

async function writeCubeFile(
  file: string,
  cube: NativeTensor,
  wavelengths: number[] | null,
  maker: string,
): Promise<void> {
  const [bands = 0, height = 0, width = 0] = cube.shape;
  const plan = { bands, height, width, dtype: 'float32', wavelengths, notes: { made_by: maker } } as const;
  const values = (await native().toTypedArray(cube)) as Float32Array;
  const writer = await MatCubeWriter.create(file, plan);
  try {
    await writer.writeBlock({ row: 0, column: 0, height, width }, values);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.finish();
}
