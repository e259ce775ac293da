import { DataError } from '../errors.js';
import {
  type NativeCubeScoreOptions,
  type NativeCubeScores,
  type NativeTensor,
  native,
} from '../native/index.js';
import { valueAt } from './window.js';

/** What one native sweep over two cubes gathers, an entry a band; every score is a short formula of it. */
export type CubeSums = Readonly<Omit<NativeCubeScores, 'angleMap' | 'rmseMap'>>;

/** Error maps of a cube, `[height, width]`, to be disposed. */
export interface ErrorMaps {
  /** Root mean square error over the bands. */
  rmse: NativeTensor;
  /** Spectral angle in radians, NaN where a spectrum is all zero. */
  angle: NativeTensor;
}

/** How to sum, and what beyond the plain sums: angles by further rules, Gaussian SSIMs, quality index, divergence. `rows`: only so many
 * rows count, the rest is there for windows that begin above it. `skip`: pixels with NaN or infinity are left out and counted.
 * `ignored`: the true value that stands for none; its pixels are left out and counted. */
export interface SumOptions
  extends Pick<
    NativeCubeScoreOptions,
    'angles' | 'windows' | 'quality' | 'divergence' | 'rows' | 'skip' | 'ignored'
  > {
  /** Clamp the estimate to [0, 1] first. */
  clip: boolean;
  /** Least divisor of a relative error; 0 divides by the truth itself, -Infinity also by a negative one. */
  mraeFloor: number;
  /** Data ranges of the SSIMs asked for. */
  ssimRanges: number[];
}

/** Sums an estimate against its truth, both `[bands, height, width]` tensors of a floating dtype, in double.
 * @param name of the scene, for messages.
 * @param origin band, row and column in its scene at which the cube begins, for messages.
 * @throws {DataError} `DATA_SIZE_MISMATCH`; `DATA_NOT_FINITE` with the scene, the place of the first such value and how many there are,
 * unless `skip` leaves them out. */
export async function cubeSums(
  estimate: NativeTensor,
  truth: NativeTensor,
  options: SumOptions,
  name = 'the cube',
  origin: readonly [number, number, number] = [0, 0, 0],
): Promise<CubeSums> {
  requireSameShape(estimate, truth, name);
  const sums = await native().cubeScores(estimate, truth, options);
  const { notFinite } = sums;
  if (options.skip === true || notFinite.first < 0) return sums;
  const place = placeOf(notFinite.first, truth.shape);
  const value = await valueAt(notFinite.firstInTruth ? truth : estimate, place);
  const [band, row, column] = place.map((at, axis) => at + (origin[axis] ?? 0));
  throw new DataError(
    'DATA_NOT_FINITE',
    `${name}: the ${notFinite.firstInTruth ? 'true cube' : 'reconstruction'} holds ${value} at band ${band}, row ${row}, column ${column} (counted from 0); ` +
      `${notFinite.truth} such values in the true cube and ${notFinite.result} in the reconstruction${options.rows === undefined ? '' : ' in the rows about there'}; ` +
      "scores need finite values, or 'notFinite' skip to leave those pixels out",
  );
}

function placeOf(index: number, [, height = 1, width = 1]: readonly number[]): [number, number, number] {
  return [Math.floor(index / (height * width)), Math.floor(index / width) % height, index % width];
}

/** The error of each pixel, the estimate clipped to [0, 1] first; NaN where a value is not finite.
 * @throws {DataError} `DATA_SIZE_MISMATCH`. */
export async function errorMaps(
  estimate: NativeTensor,
  truth: NativeTensor,
  name = 'the cube',
): Promise<ErrorMaps> {
  requireSameShape(estimate, truth, name);
  const { rmseMap, angleMap } = await native().cubeScores(estimate, truth, {
    clip: true,
    maps: true,
    skip: true,
  });
  if (rmseMap === undefined || angleMap === undefined) throw new TypeError('maps were asked for');
  return { rmse: rmseMap, angle: angleMap };
}

/** @throws {DataError} `DATA_SIZE_MISMATCH` unless the shapes are one `[bands, height, width]`. */
export function requireSameShape(estimate: NativeTensor, truth: NativeTensor, name: string): void {
  const [found, expected] = [estimate.shape.join(' x '), truth.shape.join(' x ')];
  if (found === expected && truth.shape.length === 3) return;
  throw new DataError(
    'DATA_SIZE_MISMATCH',
    `${name}: the reconstruction is ${found} and the true cube ${expected} (bands x height x width); they must be of one size`,
  );
}

/** The sum of the bands' entries. */
export function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

/** Mean over the bands of what `value` makes of the number of a band. */
export function meanOverBands({ truth }: CubeSums, value: (band: number) => number): number {
  return sumOf(Array.from(truth, (_, band) => value(band))) / truth.length;
}
