import { type CubeSums, meanOverBands } from './sums.js';

/** Relative global error (erreur relative globale adimensionnelle de synthese; Wald, 2000):
 * 100 / scale * sqrt(mean over bands of mse_band / mean_band^2), mean_band of the true band. 0 is perfect.
 * @param scale ratio of the pixel sizes; 1 for spectral reconstruction, where both images have the same pixels. A band whose
 * truth is all zero makes it infinite. */
export function ergas(sums: CubeSums, scale = 1): number {
  return (100 / scale) * Math.sqrt(meanRelativeSquare(sums));
}

/** As published with UnSSR: the sum over the bands is divided by bands + 1, and the scale is 32 unless given. */
export function ergasPublished(sums: CubeSums, scale = 32): number {
  const bands = sums.truth.length;
  return (100 / scale) * Math.sqrt((meanRelativeSquare(sums) * bands) / (bands + 1));
}

function meanRelativeSquare(sums: CubeSums): number {
  const { squaredError, truth, pixels } = sums;
  return meanOverBands(
    sums,
    (band) => (squaredError[band] ?? 0) / pixels / ((truth[band] ?? 0) / pixels) ** 2,
  );
}
