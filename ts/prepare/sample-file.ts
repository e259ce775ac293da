import { join } from 'node:path';
import { type MatArray, writeMatArrays } from '../data/index.js';
import type { PatchPair } from '../degrade/index.js';
import type { Tensor } from '../tensor/index.js';

/** `00001.mat` for the first. */
export function sampleFile(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(5, '0')}.mat`);
}

/** Writes a sample as the training scripts read it: `lr` and `hr`, [bands, rows, columns], single. */
export async function writeSample(file: string, { low, high }: PatchPair<'float64'>): Promise<void> {
  await writeMatArrays(file, [await arrayOf('lr', low), await arrayOf('hr', high)]);
}

async function arrayOf(name: string, cube: Tensor<'float64'>): Promise<MatArray> {
  // The first axis changes fastest in the file: [bands, rows, columns] -> [columns, rows, bands] of a row-major tensor.
  const turned = await (await cube.to('float32')).permute(2, 1, 0).contiguous();
  return { name, shape: cube.shape, values: await turned.toTypedArray() };
}
