import type { NativeSampling } from '../native/index.js';
import type { BlurKernel } from './blur-kernel.js';
import { filterOf } from './filter.js';
import { pointSpread } from './point-spread.js';

/** The `kernel` of `degrade` as the native sampler takes it, which makes the same low-resolution cubes up to rounding. */
export function samplerBlur(
  kernel: BlurKernel | 'point-spread',
  scale: number,
): Pick<NativeSampling, 'blur' | 'border'> {
  if (kernel !== 'point-spread') return { blur: filterOf(kernel) };
  const { inner, ring } = pointSpread(scale);
  return { blur: filterOf(inner.kernel, inner.places), border: filterOf(ring.kernel, ring.places) };
}

/** A blur as plain JSON, for checkpoints. */
export function blurRecord(kernel: BlurKernel | 'point-spread'): 'point-spread' | BlurRecord {
  if (kernel === 'point-spread') return kernel;
  return { height: kernel.height, width: kernel.width, values: [...kernel.values] };
}

/** See {@link blurRecord}. */
export interface BlurRecord {
  height: number;
  width: number;
  /** Row-major; their sum is 1. */
  values: number[];
}
