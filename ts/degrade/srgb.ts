import { illuminants, interpolate } from './illuminants.js';
import { invert3, type Matrix3, multiply3 } from './matrix3.js';
import { cie1931Wavelengths, cie1931Xyz } from './tables/cie-1931.js';

/** Decodes one sRGB value of [0, 1] (IEC 61966-2-1) to linear light. */
export function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Codes linear light of [0, 1] as sRGB. */
export function linearToSrgb(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** Chromaticities of sRGB's primaries. */
const primaries: readonly [x: number, y: number][] = [
  [0.64, 0.33],
  [0.3, 0.6],
  [0.15, 0.06],
];

/** XYZ to linear sRGB, for the XYZ of the white that is to become (1, 1, 1). */
function fromXyz(white: readonly [number, number, number]): Matrix3 {
  const columns = primaries.map(([x, y]) => [x / y, 1, (1 - x - y) / y]);
  const unscaled = [0, 1, 2].flatMap((row) =>
    columns.map((column) => column[row] ?? 0),
  ) as unknown as Matrix3;
  const inverse = invert3(unscaled);
  const gains = [0, 1, 2].map((row) =>
    white.reduce((sum, value, column) => sum + (inverse[row * 3 + column] ?? 0) * value, 0),
  );
  return inverse.map((value, i) => value / (gains[Math.floor(i / 3)] ?? 1)) as unknown as Matrix3;
}

/** Weights that turn a reflectance at these wavelengths, lit by D65, into linear sRGB: row-major `[3, wavelengths]`. A
 * white of ones becomes (1, 1, 1). Exact up to the wavelengths' own sampling. */
export function linearSrgbWeights(wavelengths: readonly number[]): number[][] {
  const light = illuminants.D65(wavelengths);
  const xyz = [0, 1, 2].map((column) =>
    wavelengths.map((nm, i) => interpolate(cie1931Wavelengths, cie1931Xyz, 3, column, nm) * (light[i] ?? 0)),
  );
  const sums = xyz.map((row) => row.reduce((sum, value) => sum + value, 0));
  const [x = 1, y = 1, z = 1] = sums.map((sum) => sum / (sums[1] ?? 1));
  const scaled = xyz.map((row) => row.map((value) => value / (sums[1] ?? 1)));
  return multiply3(fromXyz([x, y, z]), scaled);
}
