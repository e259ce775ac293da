import { type CubeSums, sumOf } from './sums.js';

/** Mean absolute relative error as SSPSR's scripts have it (MARE): mean(|e - t| / (t + 1)); 0 is perfect. */
export function mare(sums: CubeSums): number {
  return sumOf(sums.errorBesideOne) / (sums.pixels * sums.truth.length);
}
