import { harvardVariants, patchPairs, sceneFactors } from '../../degrade/index.js';
import { fromTypedArray, type Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

/** One unit in the last place of float32, of the largest value. */
const lastPlace = 1.2e-7;

/** The samples that the MATLAB scripts make of a patch, and resized scenes. */
export async function checkPatches(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  for (const name of golden.below('input/')) {
    const size = name.replace(/\/hr$/, '');
    const scale = Number(size.slice(1));
    const hold = async (path: string, found: Tensor, allowed: number) => {
      const values = Float64Array.from(await found.toTypedArray(), Number);
      const error = relativeError(values, golden.values(`output/${size}/${path}`));
      result.push({ name: `${size}/${path}`, of: 'output', error, allowed });
    };
    const { shape } = golden.entry(`input/${name}`);
    using scene = fromTypedArray(golden.values(`input/${name}`), shape);
    using patch = await scene.to('float32');
    const pairs = await patchPairs(patch, scale, harvardVariants);
    for (const [i, { high, low }] of pairs.entries()) {
      await hold(`${harvardVariants[i]}/hr`, high, 0);
      await hold(`${harvardVariants[i]}/lr`, low, lastPlace);
      for (const tensor of [high, low]) tensor.dispose();
    }
    const names = ['', 'scene_p75', 'scene_half'];
    for (const [i, factor] of sceneFactors.entries()) {
      if (factor === 1) continue;
      using resized = await scene.imresize({ scale: factor });
      await hold(names[i] ?? '', resized, 1e-9);
    }
  }
  return result;
}
