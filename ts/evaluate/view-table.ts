/** How cubes and camera images are shown: as sRGB, with a white surface in D65 shown as white. */
import { type CameraResponse, linearSrgbToCamera, linearSrgbWeights } from '../degrade/index.js';
import { invert3 } from '../degrade/matrix3.js';

/** Weights `[bands, 3]`, row-major, that turn reflectance into linear sRGB under D65. Cubes with fewer than three bands in the
 * visible range get false colours: bands at three quarters, a half and a quarter of the range.
 * @param wavelengths of the bands in nm, or null where unknown: then the bands are spread over 400 to 700 nm. */
export function viewTable(bands: number, wavelengths: readonly number[] | null): number[] {
  const spread = Array.from({ length: bands }, (_, band) => 400 + (300 * band) / Math.max(1, bands - 1));
  const centres = wavelengths ?? spread;
  if (centres.filter((nm) => nm >= 400 && nm <= 700).length < 3) return falseColours(bands);
  const weights = linearSrgbWeights(centres);
  return centres.flatMap((_, band) => weights.map((row) => row[band] ?? 0));
}

function falseColours(bands: number): number[] {
  const table = new Array<number>(bands * 3).fill(0);
  [0.75, 0.5, 0.25].forEach((part, channel) => {
    table[Math.round(part * (bands - 1)) * 3 + channel] = 1;
  });
  return table;
}

/** Weights `[3, 3]`, row-major as {@link viewTable}'s, that turn the linear values of a camera into linear sRGB. */
export function cameraView(response: CameraResponse): number[] {
  const inverse = invert3(linearSrgbToCamera(response));
  return [0, 1, 2].flatMap((channel) => [0, 1, 2].map((colour) => inverse[colour * 3 + channel] ?? 0));
}
