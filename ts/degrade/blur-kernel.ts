import { readFile } from 'node:fs/promises';
import { ConfigError, DataError } from '../errors.js';
import { fileError } from '../io/file.js';
import { splitLines } from './response-csv.js';

/** Weights of a blur, row-major; their sum is 1. The centre is the middle pixel, so both sizes are odd. */
export interface BlurKernel {
  height: number;
  width: number;
  values: Float64Array;
}

/** Shape of a Gaussian. */
export interface GaussianKernelOptions {
  /** Standard deviation in pixels of the high-resolution image; two of them stand for an ellipse: along its axis and across. */
  deviation: number | readonly [along: number, across: number];
  /** Angle of the ellipse's axis, degrees counter-clockwise from the rows' direction. Default 0. */
  angle?: number;
  /** Pixels each way, odd. Default: three deviations to each side. */
  size?: number;
}

/** A Gaussian blur, round or elliptic: exp(-(u^2 / a^2 + v^2 / b^2) / 2) at the pixels' centres, normalised.
 * @throws {ConfigError} `CONFIG_VALUE`.
 * @example const low = await degrade(cube, { scale: 4, kernel: gaussianKernel({ deviation: [3, 1], angle: 30 }) }); */
export function gaussianKernel({ deviation, angle = 0, size }: GaussianKernelOptions): BlurKernel {
  const [along, across] = typeof deviation === 'number' ? [deviation, deviation] : deviation;
  for (const value of [along, across]) {
    if (!(value > 0 && Number.isFinite(value))) refuse('deviation', value, 'a number above 0');
  }
  if (!Number.isFinite(angle)) refuse('angle', angle, 'a number of degrees');
  const side = size ?? 2 * Math.ceil(3 * Math.max(along, across)) + 1;
  if (!(Number.isInteger(side) && side > 0 && side % 2 === 1)) refuse('size', side, 'an odd whole number');
  const [cosine, sine] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const reach = (side - 1) / 2;
  const values = Float64Array.from({ length: side * side }, (_, i) => {
    // Rows count downwards, angles upwards.
    const [x, y] = [(i % side) - reach, reach - Math.floor(i / side)];
    const [u, v] = [x * cosine + y * sine, y * cosine - x * sine];
    return Math.exp(-((u / along) ** 2 + (v / across) ** 2) / 2);
  });
  return { height: side, width: side, values: normalised(values) };
}

/** Reads a kernel from a text table of numbers: a line a row; comma, semicolon, tab or blanks part them, `#` starts a comment.
 * @returns the values over their sum.
 * @throws {DataError} `DATA_MISSING`, `DATA_KERNEL` with the line. */
export async function readKernelCsv(file: string): Promise<BlurKernel> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw fileError('DATA', file, cause);
  });
  const lines = splitLines(text);
  const width = lines[0]?.cells.length ?? 0;
  const bad = (where: string, what: string) => new DataError('DATA_KERNEL', `${file}: ${where}${what}`);
  const values = lines.flatMap(({ number, cells }) => {
    const row = cells.map((cell) => (cell === '' ? Number.NaN : Number(cell)));
    const odd = row.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw bad(`line ${number}: `, `'${cells[odd]}' is not a number`);
    if (row.length === width) return row;
    throw bad(`line ${number}: `, `${row.length} numbers, but ${width} in the first line`);
  });
  if (lines.length % 2 === 0 || width % 2 === 0) {
    throw bad('', `a kernel of ${lines.length} x ${width} has no middle pixel; odd sizes were expected`);
  }
  const sum = values.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) throw bad('', `the values sum to ${sum}; more than 0 was expected`);
  return { height: lines.length, width, values: normalised(Float64Array.from(values)) };
}

function normalised(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

function refuse(name: string, value: number, expected: string): never {
  throw new ConfigError('CONFIG_VALUE', `kernel '${name}' is ${value}; ${expected} was expected`);
}
