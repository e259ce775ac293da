import { linearToSrgb, srgbToLinear } from './srgb.js';

/** A tone curve: none, that of sRGB, or v^(1/gamma). */
export type ToneCurve = 'linear' | 'srgb' | number;

/** Codes a linear value of [0, 1]. */
export function toneOf(curve: ToneCurve): (value: number) => number {
  if (curve === 'linear') return (value) => value;
  if (curve === 'srgb') return linearToSrgb;
  return (value) => Math.max(0, value) ** (1 / curve);
}

/** Undoes {@link toneOf}. */
export function linearOf(curve: ToneCurve): (value: number) => number {
  if (curve === 'linear') return (value) => value;
  if (curve === 'srgb') return srgbToLinear;
  return (value) => Math.max(0, value) ** curve;
}

/** Multiplies the pixels from `start` to below `end` of planar RGB by a 3 x 3 matrix, row-major, in place. */
export function multiplyPixels(
  rgb: Float32Array,
  plane: number,
  matrix: readonly number[],
  start: number,
  end: number,
): void {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = matrix;
  for (let at = start; at < end; at++) {
    const red = rgb[at] ?? 0;
    const green = rgb[plane + at] ?? 0;
    const blue = rgb[2 * plane + at] ?? 0;
    rgb[at] = a * red + b * green + c * blue;
    rgb[plane + at] = d * red + e * green + f * blue;
    rgb[2 * plane + at] = g * red + h * green + i * blue;
  }
}
