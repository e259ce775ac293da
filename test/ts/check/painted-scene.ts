import { Random } from '../../../ts/data/index.js';
import { linearSrgbWeights, linearToSrgb } from '../../../ts/degrade/index.js';

/** A cube of patches of different spectra, and the picture that a camera would take of it. */
export interface Painted {
  bands: number;
  height: number;
  width: number;
  /** In [0, 1]. */
  data: Float32Array<ArrayBuffer>;
  /** 8-bit sRGB, pixel by pixel. */
  rgb: Uint8Array;
}

const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

/** Rectangles of smooth spectra over a grey ground; another seed gives another scene. */
export function paintScene(seed: number, height = 64, width = 64): Painted {
  const random = new Random(seed, 99);
  const bands = wavelengths.length;
  const data = new Float32Array(bands * height * width).fill(0.2);
  for (let shape = 0; shape < 40; shape++) {
    const [top, left] = [random.below(height), random.below(width)];
    const [tall, wide] = [4 + random.below(height >> 2), 4 + random.below(width >> 2)];
    const [peak, spread, strength] = [
      400 + random.below(300),
      30 + random.below(60),
      0.3 + random.below(60) / 100,
    ];
    for (const [band, nm] of wavelengths.entries()) {
      const value = 0.05 + strength * Math.exp(-(((nm - peak) / spread) ** 2));
      for (let row = top; row < Math.min(height, top + tall); row++) {
        const start = (band * height + row) * width;
        data.fill(value, start + left, start + Math.min(width, left + wide));
      }
    }
  }
  return { bands, height, width, data, rgb: pictureOf(data, height, width) };
}

function pictureOf(data: Float32Array, height: number, width: number): Uint8Array {
  const weights = linearSrgbWeights(wavelengths);
  const rgb = new Uint8Array(3 * height * width);
  const plane = height * width;
  for (let at = 0; at < plane; at++) {
    for (let channel = 0; channel < 3; channel++) {
      const linear = (weights[channel] ?? []).reduce(
        (sum, weight, band) => sum + weight * (data[band * plane + at] ?? 0),
        0,
      );
      rgb[at * 3 + channel] = Math.round(255 * linearToSrgb(Math.min(1, Math.max(0, linear))));
    }
  }
  return rgb;
}

/** The picture moved: what was at (0, 0) is at (rows, columns); the border is repeated. */
export function movePicture({ rgb, height, width }: Painted, rows: number, columns: number): Uint8Array {
  const clamp = (place: number, size: number): number => Math.min(size - 1, Math.max(0, place));
  return Uint8Array.from({ length: rgb.length }, (_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return rgb[(clamp(y - rows, height) * width + clamp(x - columns, width)) * 3 + channel] ?? 0;
  });
}

/** Red and blue exchanged. */
export function exchangeChannels({ rgb }: Painted): Uint8Array {
  return Uint8Array.from(rgb, (_, i) => rgb[i - (i % 3) + 2 - (i % 3)] ?? 0);
}

/** The cube with rows and columns exchanged. */
export function transposeCube({ bands, height, width, data }: Painted): Omit<Painted, 'rgb'> {
  const turned = new Float32Array(data.length);
  for (let band = 0; band < bands; band++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        turned[(band * width + column) * height + row] = data[(band * height + row) * width + column] ?? 0;
  return { bands, height: width, width: height, data: turned };
}
