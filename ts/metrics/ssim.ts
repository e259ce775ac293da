import { bandMoments } from './moments.js';
import { type CubeSums, meanOverBands, sumOf } from './sums.js';

/** Structural similarity (Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 2004), mean over the bands: 7 x 7 uniform window, sample
 * covariance (49/48), K1 = 0.01, K2 = 0.03, mean over the windows that lie inside the image. 1 is perfect. NaN for images below
 * 7 x 7 pixels.
 * @param range index into the ranges asked for: the data range L of C1 = (K1 L)^2 and C2 = (K2 L)^2. Protocol `field` uses 1, the
 * range of reflectance; `unssr-cave` 2, which the library of its authors assumed for floats. */
export function ssim(sums: CubeSums, range = 0): number {
  const bands = sums.ssim[range] ?? [];
  return sumOf(bands) / bands.length;
}

/** Structural similarity as its inventors' own program has it: 11 x 11 Gaussian window of deviation 1.5, variances E[x^2] - E[x]^2,
 * range 1, windows inside the image; mean over the windows, then the bands. NaN for images below 11 x 11 pixels.
 * @param window index into the windows asked for: `double`, or `single` for one normalised in float32, as in Python scripts of
 * super-resolution; they differ by some 1e-8. */
export function gaussianSsim(sums: CubeSums, window = 0): number {
  const bands = sums.gaussianSsim[window] ?? [];
  return sumOf(bands) / bands.length;
}

/** Structural similarity without windows: one value a band from its means and sample covariances, C1 1e-4, C2 9e-4; the mean over
 * the bands. */
export function globalSsim(sums: CubeSums): number {
  return meanOverBands(sums, (band) => globalSsimOfBand(sums, band));
}

/** {@link globalSsim} of one band. */
export function globalSsimOfBand(sums: CubeSums, band: number): number {
  const sample = sums.pixels / (sums.pixels - 1);
  const { estimate, truth, covariance, estimateVariance, truthVariance } = bandMoments(sums, band);
  const means = (2 * estimate * truth + 1e-4) / (estimate ** 2 + truth ** 2 + 1e-4);
  return (means * (2 * sample * covariance + 9e-4)) / (sample * (estimateVariance + truthVariance) + 9e-4);
}
