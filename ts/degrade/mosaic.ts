/** The four pixels that a Bayer filter repeats, row by row from the upper left corner. */
export type BayerPattern = 'rggb' | 'bggr' | 'grbg' | 'gbrg';

/** Channel (0, 1, 2 for R, G, B) of each of the four pixels. */
function channelsOf(pattern: BayerPattern): number[] {
  return Array.from(pattern, (letter) => 'rgb'.indexOf(letter));
}

/** Channels that the even and the odd pixels of a row of the image let through. */
export function mosaicChannels(pattern: BayerPattern, row: number): [even: number, odd: number] {
  const colours = channelsOf(pattern);
  const at = (row & 1) * 2;
  return [colours[at] ?? 0, colours[at + 1] ?? 0];
}

/** A place mirrored into an image: -1 is 1, and `size` is `size` - 2; the filter's pattern goes on across the border. */
export function mirrored(place: number, size: number): number {
  const period = 2 * (size - 1);
  const within = ((place % period) + period) % period;
  return within < size ? within : period - within;
}

/** Pixels beyond each side that a demosaic looks at. */
export const mosaicMargin = 2;

/** What passes a Bayer filter: of each pixel of planar RGB the one channel that its place lets through.
 * @param rgb `[3, rows, width]`, of which row 0 is row `first` of the image.
 * @returns `[rows, width]`. */
export function sampleMosaic(
  rgb: Float32Array,
  { first, rows, width, pattern }: { first: number; rows: number; width: number; pattern: BayerPattern },
): Float32Array<ArrayBuffer> {
  const colours = channelsOf(pattern);
  const raw = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const parity = ((first + row) & 1) * 2;
    for (let column = 0; column < width; column++) {
      const channel = colours[parity + (column & 1)] ?? 0;
      raw[row * width + column] = rgb[(channel * rows + row) * width + column] ?? 0;
    }
  }
  return raw;
}

/** Rows of a mosaic with a margin of two mirrored pixels on each side: `[rows + 4, width + 4]`.
 * @param raw rows of the sensor, of which row 0 is row `first` of the image; every row that is needed must be among them.
 * @param place.top row of the image that the result begins with, without its margin. */
export function paddedMosaic(
  raw: Float32Array,
  first: number,
  image: { height: number; width: number },
  { top, rows }: { top: number; rows: number },
): Float32Array<ArrayBuffer> {
  const { width } = image;
  const line = width + 2 * mosaicMargin;
  const padded = new Float32Array((rows + 2 * mosaicMargin) * line);
  for (let to = 0; to < rows + 2 * mosaicMargin; to++) {
    const from = (mirrored(top + to - mosaicMargin, image.height) - first) * width;
    padded.set(raw.subarray(from, from + width), to * line + mosaicMargin);
    for (const at of [0, 1, line - 2, line - 1]) {
      padded[to * line + at] = raw[from + mirrored(at - mosaicMargin, width)] ?? 0;
    }
  }
  return padded;
}

/** Where a demosaic reads and writes. */
export interface MosaicPlace {
  pattern: BayerPattern;
  width: number;
  /** Row of the image that the sensor's rows begin with, without the margin. */
  top: number;
  /** Rows of the result that are computed: from `start` to below `end`. */
  start: number;
  end: number;
  /** Rows of the result. */
  rows: number;
}

/** Fills in the channels that each pixel lacks.
 * @param sensor `[rows + 4, width + 4]`, as {@link paddedMosaic} makes it.
 * @param rgb `[3, rows, width]`, written. */
export type Demosaic = (sensor: Float32Array, rgb: Float32Array, place: MosaicPlace) => void;

/** Values of a pixel that lacks them: green; the colour of its row's other pixels; that of its column's others; that of the
 * diagonal ones. Each is right only at the pixels where it is asked for. */
interface Kernels {
  green(sensor: Float32Array, at: number, line: number): number;
  besides(sensor: Float32Array, at: number, line: number): number;
  above(sensor: Float32Array, at: number, line: number): number;
  diagonal(sensor: Float32Array, at: number, line: number): number;
}

const sum4 = (s: Float32Array, a: number, b: number, c: number, d: number): number =>
  (s[a] ?? 0) + (s[b] ?? 0) + (s[c] ?? 0) + (s[d] ?? 0);
const cross = (s: Float32Array, at: number, line: number, step: number): number =>
  sum4(s, at - step, at + step, at - step * line, at + step * line);
const corners = (s: Float32Array, at: number, line: number): number =>
  sum4(s, at - line - 1, at - line + 1, at + line - 1, at + line + 1);
const pair = (s: Float32Array, at: number, step: number): number => (s[at - step] ?? 0) + (s[at + step] ?? 0);

const bilinearKernels: Kernels = {
  green: (s, at, line) => cross(s, at, line, 1) / 4,
  besides: (s, at) => pair(s, at, 1) / 2,
  above: (s, at, line) => pair(s, at, line) / 2,
  diagonal: (s, at, line) => corners(s, at, line) / 4,
};

/** A missing colour of a green pixel, whose neighbours of that colour lie `along`; `across` is the other direction. */
const atGreen = (s: Float32Array, at: number, line: number, along: number, across: number): number =>
  (5 * (s[at] ?? 0) +
    4 * pair(s, at, along) -
    corners(s, at, line) -
    pair(s, at, 2 * along) +
    0.5 * pair(s, at, 2 * across)) /
  8;

const malvarKernels: Kernels = {
  green: (s, at, line) => (4 * (s[at] ?? 0) + 2 * cross(s, at, line, 1) - cross(s, at, line, 2)) / 8,
  besides: (s, at, line) => atGreen(s, at, line, 1, line),
  above: (s, at, line) => atGreen(s, at, line, line, 1),
  diagonal: (s, at, line) => (6 * (s[at] ?? 0) + 2 * corners(s, at, line) - 1.5 * cross(s, at, line, 2)) / 8,
};

function demosaicBy(kernels: Kernels): Demosaic {
  return (sensor, rgb, { pattern, width, top, start, end, rows }) => {
    const colours = channelsOf(pattern);
    const line = width + 2 * mosaicMargin;
    const plane = rows * width;
    for (let row = start; row < end; row++) {
      const parity = ((top + row) & 1) * 2;
      for (let column = 0; column < width; column++) {
        const at = (row + mosaicMargin) * line + column + mosaicMargin;
        const to = row * width + column;
        const own = colours[parity + (column & 1)] ?? 0;
        rgb[own * plane + to] = sensor[at] ?? 0;
        if (own === 1) {
          const beside = colours[parity + ((column & 1) ^ 1)] ?? 0;
          rgb[beside * plane + to] = kernels.besides(sensor, at, line);
          rgb[(2 - beside) * plane + to] = kernels.above(sensor, at, line);
        } else {
          rgb[plane + to] = kernels.green(sensor, at, line);
          rgb[(2 - own) * plane + to] = kernels.diagonal(sensor, at, line);
        }
      }
    }
  };
}

/** The ways of filling in. `bilinear`: means of the nearest pixels of the channel. `malvar`: the same with a correction by the gradient
 * of the pixel's own channel: Malvar, He and Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color
 * images", ICASSP 2004, figure 2. Both keep a constant image constant. */
export const demosaics: Readonly<Record<'bilinear' | 'malvar', Demosaic>> = {
  bilinear: demosaicBy(bilinearKernels),
  malvar: demosaicBy(malvarKernels),
};
