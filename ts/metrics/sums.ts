import { DataError } from '../errors.js';
import {
  type NativeCubeScoreOptions,
  type NativeCubeScores,
  type NativeTensor,
  native,
} from '../native/index.js';

/** What one native sweep over two cubes gathers, an entry a band; every score is a short formula of it. */
export type CubeSums = Readonly<Omit<NativeCubeScores, 'angleMap' | 'rmseMap'>>;

/** Error maps of a cube, `[height, width]`, to be disposed. */
export interface ErrorMaps {
  /** Root mean square error over the bands. */
  rmse: NativeTensor;
  /** Spectral angle in radians, NaN where a spectrum is all zero. */
  angle: NativeTensor;
}

/** How to sum, and what beyond the plain sums: angles by further rules, Gaussian SSIMs, quality index, divergence. */
export interface SumOptions
  extends Pick<NativeCubeScoreOptions, 'angles' | 'windows' | 'quality' | 'divergence'> {
  /** Clamp the estimate to [0, 1] first. */
  clip: boolean;
  /** Least divisor of a relative error; 0 divides by the truth itself. */
  mraeFloor: number;
  /** Data ranges of the SSIMs asked for. */
  ssimRanges: number[];
}

/** Sums an estimate against its truth, both `[bands, height, width]` tensors of a floating dtype, in double.
 * @param name of the scene, for messages.
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE` with the scene and the place of the first such value. */
export async function cubeSums(
  estimate: NativeTensor,
  truth: NativeTensor,
  options: SumOptions,
  name = 'the cube',
): Promise<CubeSums> {
  requireSameShape(estimate, truth, name);
  const sums = await native().cubeScores(estimate, truth, options);
  const squares = sumOf(sums.estimateSquare) + sumOf(sums.truthSquare);
  if (!Number.isFinite(squares)) await refuseNotFinite(estimate, truth, name);
  return sums;
}

/** The error of each pixel, the estimate clipped to [0, 1] first.
 * @throws {DataError} `DATA_SIZE_MISMATCH`. */
export async function errorMaps(
  estimate: NativeTensor,
  truth: NativeTensor,
  name = 'the cube',
): Promise<ErrorMaps> {
  requireSameShape(estimate, truth, name);
  const { rmseMap, angleMap } = await native().cubeScores(estimate, truth, { clip: true, maps: true });
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

/** Looks for the first value that is no finite number; only called once the sums have shown that there is one. */
async function refuseNotFinite(estimate: NativeTensor, truth: NativeTensor, name: string): Promise<void> {
  for (const [what, cube] of [
    ['true cube', truth],
    ['reconstruction', estimate],
  ] as const) {
    const values = await native().toTypedArray(cube);
    const index = values.findIndex((value: number | bigint) => !Number.isFinite(Number(value)));
    if (index < 0) continue;
    const [, height = 1, width = 1] = cube.shape;
    const band = Math.floor(index / (height * width));
    const row = Math.floor(index / width) % height;
    throw new DataError(
      'DATA_NOT_FINITE',
      `${name}: the ${what} holds ${values[index]} at band ${band}, row ${row}, column ${index % width} (counted from 0); ` +
        'scores need finite values',
    );
  }
}

/** The sum of the bands' entries. */
export function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

/** Mean over the bands of what `value` makes of the number of a band. */
export function meanOverBands({ truth }: CubeSums, value: (band: number) => number): number {
  return sumOf(Array.from(truth, (_, band) => value(band))) / truth.length;
}
