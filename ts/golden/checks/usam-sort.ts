import { native } from '../../native/index.js';
import { fromTypedArray, Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { ruleValue } from '../rule.js';

/** Scores and choice of bands for one cube of a file, in double. */
export async function usamOf(
  golden: GoldenFile,
  input: string,
  options: { usamWeight?: number; compat?: 'default' | 'published' } = {},
): Promise<{ scores: Float64Array; indices: number[] }> {
  const { shape } = golden.entry(input);
  using cube = fromTypedArray(golden.values(input), shape);
  const found = await native().usam(cube.native, options);
  using scores = new Tensor<'float64'>(found.scores);
  using indices = new Tensor<'int64'>(found.indices);
  return {
    scores: await scores.toTypedArray(),
    indices: Array.from(await indices.toTypedArray(), Number),
  };
}

/** 0 where both name the same bands in the same order. */
export function sameBands(ours: readonly number[], golden: Float64Array): number {
  return ours.join() === golden.join() ? 0 : 1;
}

/** The band sort of the UnSSR networks, as published. */
export async function checkUsamSort(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  const [usamWeight = 1] = ruleValue(
    'conv.weight',
    [1, 1, 1, 1],
    golden.number('gain', 1),
    golden.text('prefix'),
  );
  for (const name of golden.below('input/')) {
    const { scores, indices } = await usamOf(golden, `input/${name}`, { compat: 'published', usamWeight });
    const error = relativeError(scores, golden.values(`output/delta_${name}`));
    result.push({ name: `delta_${name}`, of: 'output', error, allowed: 1e-9 });
    const other = sameBands(indices, golden.values(`output/idx_${name}`));
    result.push({ name: `idx_${name}`, of: 'output', error: other, allowed: 0 });
  }
  return result;
}
