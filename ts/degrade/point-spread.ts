import { cat, type Tensor } from '../tensor/index.js';
import type { BlurKernel } from './blur-kernel.js';
import { type FilterPlaces, filterMirrored } from './filter.js';

/** 4 ln 2, as the authors' script rounds it: the Gaussian's full width at half maximum is the scale. */
const fourLogTwo = 2.7725887;

function window(size: number, scale: number): Float64Array {
  const centre = (size - 1) / 2;
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [(i % size) - centre, Math.floor(i / size) - centre];
    return Math.exp((-fourLogTwo * (x * x + y * y)) / scale ** 2);
  });
  const sum = weights.reduce((total, value) => total + value, 0);
  return weights.map((value) => value / sum);
}

interface Spread {
  kernel: BlurKernel;
  places: FilterPlaces;
}

/** Weights that reach `around` pixels beyond a block. */
function spreadAround(scale: number, around: number): Spread {
  const size = scale + 2 * around;
  return {
    kernel: { height: size, width: size, values: window(size, scale) },
    places: { stride: scale, rowOffset: -around, columnOffset: -around },
  };
}

/** What {@link spreadPoints} lays on: inside, and on the outermost ring. */
export function pointSpread(scale: number): { inner: Spread; ring: Spread } {
  return { inner: spreadAround(scale, Math.floor(scale / 2)), ring: spreadAround(scale, 0) };
}

/** The degradation of 3D-FCNN: each low-resolution pixel is the mean of its block and half a block around, under a Gaussian whose
 * full width at half maximum is the scale; those of the outermost ring see their own block alone.
 * @param cube `[bands, height, width]`, multiples of the scale. */
export async function spreadPoints(cube: Tensor<'float64'>, scale: number): Promise<Tensor<'float64'>> {
  const spread = pointSpread(scale);
  const ring = await filterMirrored(cube, spread.ring.kernel, spread.ring.places);
  const [bands = 0, height = 0, width = 0] = ring.shape;
  if (height < 3 || width < 3 || bands === 0) return ring;
  const inner = await filterMirrored(cube, spread.inner.kernel, spread.inner.places);
  const [first, middle, last] = [{ end: 1 }, { start: 1, end: -1 }, { start: -1 }];
  const rows = ring.slice(1, middle);
  const centre = inner.slice(1, middle).slice(2, middle);
  const between = await cat([rows.slice(2, first), centre, rows.slice(2, last)], 2);
  return cat([ring.slice(1, first), between, ring.slice(1, last)], 1);
}
