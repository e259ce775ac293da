import { ConfigError } from '../errors.js';
import { native } from '../native/index.js';
import { Tensor } from '../tensor/index.js';
import { queued } from '../tensor/execute.js';

/** How to refine. */
export interface FineSrOptions {
  /** How often the correction is applied. Default 1, as published; more lower the constraint and need not raise the scores. */
  iterations?: number;
  /** `cpu`, `cuda:N` or `auto`; the result lies there. Default: where the upscaled cube lies. */
  device?: string;
  /** Rows of the refined cube that are worked on at a time, which bounds the memory beside the cubes; the result does not depend on it.
   * Default 128. */
  rows?: number;
}

/** A refined cube, and what led to it. */
export interface FineSrResult<D extends 'float32' | 'float64'> {
  /** `[bands, height, width]`, of the upscaled cube's dtype; not clipped. */
  refined: Tensor<D>;
  /** Weight of the correction in the last iteration: the angle, at most 1. */
  constraint: number;
  /** Mean spectral angle in degrees between the halved cube and the half one, before the correction of the last iteration. */
  angle: number;
  /** Both numbers of every iteration. */
  history: { constraint: number; angle: number }[];
}

/** The fine stage of DualSR (Li, Yuan, Jia, Wang, IEEE TIP 2022): without training it brings the result U of a network of scale s into line with
 * the result V of the network of scale s / 2 for the same low-resolution cube. U + imresize(c (V - D), 2) with D = imresize(U, 1 / 2), both
 * MATLAB's bicubic, and c the mean spectral angle between D and V in degrees, at most 1. Computed in double.
 *
 * The authors clip both cubes to [0, 1] before; here they are taken as given.
 * @param upscaled U, `[bands, height, width]`.
 * @param half V, `[bands, height / 2, width / 2]`.
 * @throws {DataError} `DATA_RANK`, `DATA_BANDS`, `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE` with the place; {ConfigError} `CONFIG_VALUE`;
 * {TensorError} `TENSOR_DTYPE`, `TENSOR_DEVICE`.
 * @example const { refined } = await fineSr(fourTimes, twice); */
export async function fineSr<D extends 'float32' | 'float64'>(
  upscaled: Tensor<D>,
  half: Tensor<'float32' | 'float64'>,
  { iterations = 1, device, rows = 128 }: FineSrOptions = {},
): Promise<FineSrResult<D>> {
  requireCount('iterations', iterations, 1);
  requireCount('rows', rows, 2);
  const options = { iterations, rows, ...(device === undefined ? {} : { device }) };
  const found = await queued(() => native().fineSr(upscaled.native, half.native, options));
  const history = found.angles.map((angle, i) => ({ constraint: found.constraints[i] ?? Number.NaN, angle }));
  const last = history.at(-1) ?? { constraint: Number.NaN, angle: Number.NaN };
  return { refined: new Tensor<D>(found.refined), ...last, history };
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ConfigError('CONFIG_VALUE', `'${name}' is ${value}; a whole number from ${least} was expected`);
}
