import type { Tensor } from '../tensor/index.js';
import { type SceneScores, type ScoreOptions, scoreCube as scoreNative } from './protocol.js';
import { type CubeSums, cubeSums as sumsOfNative, type SumOptions } from './sums.js';

/** A cube `[bands, height, width]`, scaled to [0, 1]. */
export type ScoredCube = Tensor<'float32'> | Tensor<'float64'>;

/** Scores a reconstruction against its true cube, both `[bands, height, width]`, floating, scaled to [0, 1].
 * @example const scores = await scoreCube(reconstruction, truth, { name: 'balloons', protocol: 'ntire2022' });
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`. */
export function scoreCube(
  reconstruction: ScoredCube,
  truth: ScoredCube,
  options: ScoreOptions = {},
): Promise<SceneScores> {
  return scoreNative(reconstruction.native, truth.native, options);
}

/** Sums an estimate against its truth, both `[bands, height, width]`, in double: what every score is a short formula of.
 * @param options what to sum; by default the estimate as it is, no floor of relative errors, and no windows.
 * @example const cc = crossCorrelation(await cubeSums(estimate, truth));
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`. */
export function cubeSums(
  estimate: ScoredCube,
  truth: ScoredCube,
  options: Partial<SumOptions> = {},
): Promise<CubeSums> {
  const settled = { clip: false, mraeFloor: 0, ssimRanges: [], ...options };
  return sumsOfNative(estimate.native, truth.native, settled);
}
