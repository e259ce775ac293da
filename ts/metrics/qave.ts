import { type CubeSums, sumOf } from './sums.js';

/** Universal quality index (Wang, Bovik, IEEE Signal Processing Letters 9(3), 2002; QAVE): mean over the windows of 8 x 8 pixels that
 * lie inside, then over the bands; 1 is perfect. The sums must have been asked for `quality`. NaN for images below 8 x 8. */
export function qave(sums: CubeSums): number {
  return sumOf(sums.quality) / sums.quality.length;
}
