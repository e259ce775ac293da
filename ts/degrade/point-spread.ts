import { cat, type Tensor } from '../tensor/index.js';
import { filterMirrored } from './filter.js';

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

/** The degradation of 3D-FCNN: each low-resolution pixel is the mean of its block and half a block around, under a Gaussian whose
 * full width at half maximum is the scale; those of the outermost ring see their own block alone.
 * @param cube `[bands, height, width]`, multiples of the scale. */
export async function spreadPoints(cube: Tensor<'float64'>, scale: number): Promise<Tensor<'float64'>> {
  const spread = (around: number) => {
    const size = scale + 2 * around;
    const kernel = { height: size, width: size, values: window(size, scale) };
    return filterMirrored(cube, kernel, { stride: scale, rowOffset: -around, columnOffset: -around });
  };
  const ring = await spread(0);
  const [bands = 0, height = 0, width = 0] = ring.shape;
  if (height < 3 || width < 3 || bands === 0) return ring;
  const inner = await spread(Math.floor(scale / 2));
  const [first, middle, last] = [{ end: 1 }, { start: 1, end: -1 }, { start: -1 }];
  const rows = ring.slice(1, middle);
  const centre = inner.slice(1, middle).slice(2, middle);
  const between = await cat([rows.slice(2, first), centre, rows.slice(2, last)], 2);
  return cat([ring.slice(1, first), between, ring.slice(1, last)], 1);
}
