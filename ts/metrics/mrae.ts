import { type CubeSums, sumOf } from './sums.js';

/** Least divisor of the `field` protocol: below 1e-3 a true value is dark noise, and CAVE's exact zeros would make the score
 * infinite. */
export const mraeFloor = 1e-3;

/** Mean relative absolute error: mean(|e - t| / max(t, floor)); 0 is perfect, 0.1 is ten per cent. The score of the NTIRE
 * spectral reconstruction challenges (Arad et al., CVPR workshops 2018, 2020, 2022), there without a floor. The floor is chosen
 * when the sums are made (`mraeFloor`; protocol `unssr-cave`: none, so that a true zero gives Infinity). */
export function mrae(sums: CubeSums): number {
  return sumOf(sums.relativeError) / (sums.pixels * sums.truth.length);
}

/** How many true values lay below the floor: these were divided by the floor instead. */
export function flooredValues(sums: CubeSums): number {
  return sumOf(sums.floored);
}
