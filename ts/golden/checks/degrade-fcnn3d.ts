import { cropToMultiple, degrade, mirrorBands } from '../../degrade/index.js';
import { fromTypedArray } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

/** 3D-FCNN's data: low-resolution cubes by a point-spread function, these enlarged again, and mirrored bands. */
export async function checkPointSpread(golden: GoldenFile): Promise<Deviation[]> {
  using x = fromTypedArray(golden.values('input/x'), golden.entry('input/x').shape);
  const result: Deviation[] = [];
  const hold = (name: string, values: Float64Array, allowed: number) => {
    const error = relativeError(values, golden.values(`output/${name}`));
    result.push({ name, of: 'output', error, allowed });
  };
  for (const name of golden.below('output/')) {
    const count = Number(/\d+$/.exec(name)?.[0]);
    if (name.startsWith('mirror')) {
      using grown = await mirrorBands(x, count);
      hold(name, await grown.toTypedArray(), 0);
    }
    if (!name.startsWith('lr')) continue;
    using cut = cropToMultiple(x, count);
    using low = await degrade(cut, { scale: count, kernel: 'point-spread' });
    using enlarged = await low.imresize({ scale: count });
    hold(name, await low.toTypedArray(), 1e-9);
    hold(`up${count}`, await enlarged.toTypedArray(), 1e-9);
  }
  return result;
}
