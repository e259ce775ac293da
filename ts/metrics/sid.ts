import { type CubeSums, meanOverBands } from './sums.js';

/** Spectral information divergence as SSPSR's scripts have it (SID): mean over the bands of
 * |sum (e - t) lg((e + 0.001) / (t + 0.001))| / pixels; 0 is perfect. The sums must have been asked for `divergence`. NaN for values
 * below -0.001. */
export function sid(sums: CubeSums): number {
  return meanOverBands(sums, (band) => Math.abs(sums.divergence[band] ?? 0) / sums.pixels);
}
