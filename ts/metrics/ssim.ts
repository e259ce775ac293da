import { type CubeSums, sumOf } from './sums.js';

/** Structural similarity (Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 2004), mean over the bands: 7 x 7 uniform window, sample
 * covariance (49/48), K1 = 0.01, K2 = 0.03, mean over the windows that lie inside the image. 1 is perfect. NaN for images below
 * 7 x 7 pixels.
 * @param range index into the ranges asked for: the data range L of C1 = (K1 L)^2 and C2 = (K2 L)^2. Protocol `field` uses 1, the
 * range of reflectance; `unssr-cave` 2, which the library of its authors assumed for floats. */
export function ssim(sums: CubeSums, range = 0): number {
  const bands = sums.ssim[range] ?? [];
  return sumOf(bands) / bands.length;
}
