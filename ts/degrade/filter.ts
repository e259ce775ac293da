import { type NativeMirroredFilter, native } from '../native/index.js';
import { queued } from '../tensor/execute.js';
import { Tensor } from '../tensor/index.js';
import type { BlurKernel } from './blur-kernel.js';

/** Where a kernel is laid: at every `stride`-th pixel, its first tap so many pixels from there. */
export interface FilterPlaces {
  stride: number;
  rowOffset: number;
  columnOffset: number;
}

/** Correlation of every band with one kernel, edges mirrored with the edge repeated, as `imresize` does.
 * @param places default: at every pixel, centred. */
export async function filterMirrored(
  cube: Tensor<'float64'>,
  kernel: BlurKernel,
  places?: FilterPlaces,
): Promise<Tensor<'float64'>> {
  const filter = filterOf(kernel, places);
  return new Tensor<'float64'>(await queued(() => native().filterMirrored(cube.native, filter)));
}

/** A kernel as native code takes it. */
export function filterOf({ height, width, values }: BlurKernel, places?: FilterPlaces): NativeMirroredFilter {
  const centred = { stride: 1, rowOffset: -(height - 1) / 2, columnOffset: -(width - 1) / 2 };
  return { height, width, values, ...(places ?? centred) };
}
