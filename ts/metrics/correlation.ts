import { bandMoments } from './moments.js';
import { type CubeSums, meanOverBands } from './sums.js';

/** Cross-correlation (CC): mean over the bands of Pearson's correlation of the two images of a band; 1 is perfect. NaN as soon as
 * one band is all zero. */
export function crossCorrelation(sums: CubeSums): number {
  return meanOverBands(sums, (band) => {
    const { covariance, estimateVariance, truthVariance } = bandMoments(sums, band);
    return covariance / Math.sqrt(estimateVariance * truthVariance);
  });
}
