import type { CubeSums } from './sums.js';

/** First and second moments of a band over its pixels; divided by their number. */
export interface BandMoments {
  estimate: number;
  truth: number;
  estimateVariance: number;
  truthVariance: number;
  covariance: number;
}

/** The moments of a band. A band that is constant at 0 has a variance of exactly 0. */
export function bandMoments(sums: CubeSums, band: number): BandMoments {
  const mean = (values: Float64Array): number => (values[band] ?? 0) / sums.pixels;
  const [estimate, truth] = [mean(sums.estimate), mean(sums.truth)];
  return {
    estimate,
    truth,
    estimateVariance: mean(sums.estimateSquare) - estimate * estimate,
    truthVariance: mean(sums.truthSquare) - truth * truth,
    covariance: mean(sums.product) - estimate * truth,
  };
}
