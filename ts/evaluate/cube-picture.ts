import { type CubeReader, openCube, type ReadCubeOptions } from '../data/index.js';
import { nextTurn } from '../data/cube.js';
import { linearToSrgb } from '../degrade/index.js';
import { writeAtomically } from '../io/index.js';
import type { Picture } from './panels.js';
import { viewTable } from './view-table.js';

/** Longest side of a picture; larger cubes are shown smaller, each pixel the mean of a square. */
const longest = 1600;
const stripBytes = 1 << 25;
/** Part of the pixels that may be brighter than white. */
const overexposed = 0.005;

/** Weights of the bands that are seen, scaled to [0, 1] values. */
interface View {
  bands: number[];
  /** `[bands, 3]` */
  weights: number[];
}

function viewOf({ info }: CubeReader): View {
  const table = viewTable(info.bands, info.wavelengths);
  const all = Array.from({ length: info.bands }, (_, band) => band);
  const bands = all.filter((band) => [0, 1, 2].some((channel) => table[band * 3 + channel] !== 0));
  const weights = bands.flatMap((band) => table.slice(band * 3, band * 3 + 3).map((w) => w / info.fullScale));
  return { bands, weights };
}

/** Sums a strip of whole squares into lines of the picture, `[lines, width, 3]`, linear. */
async function shrink(
  reader: CubeReader,
  { bands, weights }: View,
  { row, height, square }: { row: number; height: number; square: number },
  target: Float32Array,
): Promise<void> {
  const { width, ignoreValue } = reader.info;
  const values = await reader.read({ row, height, bands });
  const across = Math.ceil(width / square);
  const places = Int32Array.from({ length: width }, (_, column) => 3 * Math.floor(column / square));
  for (let band = 0; band < bands.length; band++) {
    const [red = 0, green = 0, blue = 0] = weights.slice(band * 3, band * 3 + 3);
    for (let line = 0; line < height; line++) {
      const start = (band * height + line) * width;
      const pixelRow = Math.floor((row + line) / square) * across * 3;
      for (let column = 0; column < width; column++) {
        const value = values[start + column] as number;
        if (!Number.isFinite(value) || value === ignoreValue) continue;
        const at = pixelRow + (places[column] as number);
        target[at] = (target[at] as number) + red * value;
        target[at + 1] = (target[at + 1] as number) + green * value;
        target[at + 2] = (target[at + 2] as number) + blue * value;
      }
    }
    await nextTurn();
  }
}

/** Sums become means; squares at the far borders are cut off. */
function averageSquares(
  linear: Float32Array,
  { height, width, square }: { height: number; width: number; square: number },
): void {
  const across = Math.ceil(width / square);
  for (let at = 0; at < linear.length; at++) {
    const pixel = Math.floor(at / 3);
    const [row, column] = [Math.floor(pixel / across), pixel % across];
    const count = Math.min(square, height - row * square) * Math.min(square, width - column * square);
    linear[at] = (linear[at] ?? 0) / count;
  }
}

/** The value below which all but a few of the brightest channels lie; 1 where everything is black. */
function whiteOf(linear: Float32Array): number {
  const step = Math.max(1, Math.floor(linear.length / 3 / 1e5));
  const peaks: number[] = [];
  for (let at = 0; at < linear.length; at += 3 * step) {
    peaks.push(Math.max(linear[at] ?? 0, linear[at + 1] ?? 0, linear[at + 2] ?? 0));
  }
  peaks.sort((a, b) => a - b);
  const white = peaks[Math.min(peaks.length - 1, Math.floor((1 - overexposed) * peaks.length))] ?? 0;
  return white > 0 ? white : 1;
}

/** Shows an open cube as a photo would: as sRGB under D65, or in false colours where it has no visible bands, exposed so that few pixels
 * are brighter than white; large cubes smaller, in the memory of a strip. */
export async function cubePicture(reader: CubeReader): Promise<Picture> {
  const { height, width } = reader.info;
  const square = Math.ceil(Math.max(height, width) / longest);
  const [tall, wide] = [Math.ceil(height / square), Math.ceil(width / square)];
  const linear = new Float32Array(tall * wide * 3);
  const view = viewOf(reader);
  const lineBytes = view.bands.length * width * 8;
  const lines = square * Math.max(1, Math.floor(stripBytes / (lineBytes * square)));
  for (let row = 0; row < height; row += lines) {
    await shrink(reader, view, { row, height: Math.min(lines, height - row), square }, linear);
  }
  if (square > 1) averageSquares(linear, { height, width, square });
  const white = whiteOf(linear);
  const bytes = new Uint8Array(linear.length);
  for (let i = 0; i < linear.length; i++) {
    bytes[i] = Math.round(255 * linearToSrgb(Math.min(1, Math.max(0, (linear[i] ?? 0) / white))));
    if (i % (1 << 18) === 0) await nextTurn();
  }
  return { bytes, width: wide, height: tall };
}

/** Writes a cube's picture as PNG.
 * @throws {DataError} `DATA_*`; {RunError} `RUN_DISK_FULL`.
 * @example await pictureOfCube('flight.hdr', 'flight.png'); */
export async function pictureOfCube(path: string, out: string, options: ReadCubeOptions = {}): Promise<void> {
  const reader = await openCube(path, options);
  try {
    const { bytes, width, height } = await cubePicture(reader);
    const { default: sharp } = await import('sharp');
    const png = await sharp(bytes, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    await writeAtomically(out, (handle) => handle.writeFile(png));
  } finally {
    await reader.close();
  }
}
