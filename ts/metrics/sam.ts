import { type CubeSums, meanOverBands } from './sums.js';

const degrees = 180 / Math.PI;

/** Spectral angle: mean over the pixels of the angle between the two spectra, arccos(<e, t> / (|e| |t|)), in degrees (Kruse et
 * al., Remote Sensing of Environment 1993). 0 is perfect. Pixels in which a spectrum is all zero have no angle and are left
 * out; NaN when none is left. */
export function sam(sums: CubeSums): number {
  return (degrees * sums.angle) / sums.anglePixels;
}

/** What the UnSSR test on CAVE calls SAM: for each band, the angle between the two whole band images, then the mean over the
 * bands, in degrees. Not a spectral angle, and not comparable with one. A band image that is all zero gets 1e-4 added to its
 * norm, as there. */
export function samBetweenBandImages(sums: CubeSums): number {
  const norm = (square: number): number => (square === 0 ? 1e-4 : Math.sqrt(square));
  const angle = (band: number): number => {
    const norms = norm(sums.estimateSquare[band] ?? 0) * norm(sums.truthSquare[band] ?? 0);
    const cosine = (sums.product[band] ?? 0) / norms;
    return Math.acos(Math.min(1, Math.max(-1, cosine)));
  };
  return degrees * meanOverBands(sums, angle);
}
