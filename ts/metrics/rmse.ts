import { type CubeSums, sumOf } from './sums.js';

/** Root mean square error over all values of a cube: sqrt(mean((e - t)^2)), in the unit of the cube (reflectance, 0 to 1). 0 is
 * perfect. The same in both protocols. */
export function rmse(sums: CubeSums): number {
  return Math.sqrt(meanSquaredError(sums));
}

/** Mean of (e - t)^2 over all values of a cube. */
export function meanSquaredError(sums: CubeSums): number {
  return sumOf(sums.squaredError) / (sums.pixels * sums.truth.length);
}
