import { meanSquaredError } from './rmse.js';
import { type CubeSums, meanOverBands, sumOf } from './sums.js';

const decibels = (squaredError: number): number => -10 * Math.log10(squaredError);

/** Peak signal-to-noise ratio from the one mean squared error of the whole cube, peak 1: 10 log10(1 / mse), in dB. Infinity for
 * equal cubes. */
export function psnr(sums: CubeSums): number {
  return decibels(meanSquaredError(sums));
}

/** Mean over the bands of the PSNR of each band, peak 1 (the UnSSR test on CAVE, and most of the fusion literature). Never
 * below {@link psnr} by Jensen's inequality; Infinity as soon as one band is reproduced exactly. */
export function psnrBand(sums: CubeSums): number {
  return meanOverBands(sums, (band) => decibels((sums.squaredError[band] ?? 0) / sums.pixels));
}

/** {@link psnr}, but 100 for equal cubes instead of Infinity. */
export function psnrAtMost100(sums: CubeSums): number {
  return meanSquaredError(sums) === 0 ? 100 : psnr(sums);
}

/** {@link psnr} with both cubes cut to [0, 1], the true one, too (the validation of MST++ and UnSSR). */
export function psnrOfBothClipped(sums: CubeSums): number {
  return decibels(sumOf(sums.clippedError) / (sums.pixels * sums.truth.length));
}

/** Mean over the bands of the PSNR whose peak is the largest true value of the band; bands without a value above 0 are left out. */
export function psnrOfBandPeaks(sums: CubeSums): number {
  const peaks = Array.from(sums.truthMost, (peak, band) => ({ peak, band })).filter(({ peak }) => peak > 0);
  const values = peaks.map(({ peak, band }) =>
    decibels((sums.squaredError[band] ?? 0) / sums.pixels / peak ** 2),
  );
  return sumOf(values) / values.length;
}
