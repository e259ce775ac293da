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
  const first = options.skip === true ? null : await firstNotFinite(sums, estimate, truth, origin);
  if (first !== null) throw notFiniteError(name, first, sums);
  return sums;
}

/** The first value of a scene that is not finite. */
export interface FirstNotFinite {
  inTruth: boolean;
  value: number;
  place: readonly [band: number, row: number, column: number];
}

/** Where the first value lies that is not finite, and what it is; null where all are.
 * @param origin band, row and column in its scene at which the cube begins. */
export async function firstNotFinite(
  { notFinite }: CubeSums,
  estimate: NativeTensor,
  truth: NativeTensor,
  origin: readonly [number, number, number] = [0, 0, 0],
): Promise<FirstNotFinite | null> {
  const { first, firstInTruth: inTruth } = notFinite;
  if (first < 0) return null;
  const [, height = 1, width = 1] = truth.shape;
  const inCube = [Math.floor(first / (height * width)), Math.floor(first / width) % height, first % width];
  const [band = 0, row = 0, column = 0] = inCube;
  const value = await valueAt(inTruth ? truth : estimate, [band, row, column]);
  return { inTruth, value, place: [band + origin[0], row + origin[1], column + origin[2]] };
}

/** The refusal of a scene that holds NaN or infinity. */
export function notFiniteError(name: string, first: FirstNotFinite, { notFinite }: CubeSums): DataError {
  const [band, row, column] = first.place;
  return new DataError(
    'DATA_NOT_FINITE',
    `${name}: the ${first.inTruth ? 'true cube' : 'reconstruction'} holds ${first.value} at band ${band}, row ${row}, column ${column} (counted from 0); ` +
      `${notFinite.truth} such values in the true cube and ${notFinite.result} in the reconstruction; ` +
      "scores need finite values, or 'notFinite' skip to leave those pixels out",
  );
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
