import { type CameraResponse, cameraResponse, resampleResponse } from '../degrade/index.js';
import { type NativeLoss, type NativeLossConfig, native } from '../native/index.js';
import { queued } from '../tensor/execute.js';
import { Tensor } from '../tensor/index.js';
import { currentScope } from '../tensor/scope.js';

/** What a loss function of this file computes. */
export interface LossValue {
  /** The weighted sum: a scalar to call `backward` on. */
  total: Tensor;
  /** Each term before its weight, without gradient. */
  terms: Record<string, Tensor>;
  /** The bands that the perceptual term compared; null where it is off. */
  indices: Tensor | null;
}

/** A loss of a batch: prediction `[batch, bands, height, width]` and what it is held against. */
export type LossFunction = (prediction: Tensor, target: Tensor) => Promise<LossValue>;

/** Names of the supervised terms. */
export type SupervisedTerm = 'mrae' | 'l1' | 'rmse' | 'mse' | 'sam' | 'spatialTv' | 'spectralTv';

/** A loss against a true cube of the prediction's shape, for a training loop of one's own. mrae: mean
 * |y - t| / max(t, floor); l1: mean |y - t|; mse: mean (y - t)^2; rmse: its root; sam: mean angle between the spectra of
 * a pixel, in radians. spatialTv and spectralTv are of the prediction alone: mean squares of its steps from pixel to pixel, rows
 * and columns added, and from band to band, doubled.
 * @param terms a term, or several with weights.
 * @param options `mraeFloor`: default 1e-3; 0 divides by the truth itself.
 * @example
 * const loss = supervisedLoss({ mrae: 1, sam: 0.1 });
 * const { total } = await loss(await model.forward(rgb), cube);
 * @throws {ConfigError} `CONFIG_LOSS` for a weight that is negative; the function throws `TENSOR_SHAPE`. */
export function supervisedLoss(
  terms: SupervisedTerm | Partial<Record<SupervisedTerm, number>>,
  { mraeFloor = 1e-3 }: { mraeFloor?: number } = {},
): LossFunction {
  const weights = typeof terms === 'string' ? { [terms]: 1 } : { ...terms };
  const loss = native().createLoss('supervised', { terms: weights, mraeFloor });
  return (prediction, truth) => computed(loss, { prediction: prediction.native, truth: truth.native });
}

/** Options of `unssrLoss`. */
export interface UnssrLossOptions {
  /** Weight of the colour re-projection. Default 1. */
  css?: number;
  /** Weight of the neighbour-band similarity. Default 0.3. */
  bandSsim?: number;
  /** Weight of the perceptual term. Default 0.001; 0 turns it off. */
  perceptual?: number;
  /** The camera that made the RGB images. Default: CIE 1964 at 400, 410, .. 700 nm. */
  response?: CameraResponse;
  /** `batch-min` (default) takes the minimum of the batch off the cube before it is re-projected, as the paper does. */
  shift?: 'batch-min' | 'none';
  /** One triple of bands for the batch (default) or one for each sample. */
  indices?: 'batch' | 'per-sample';
  /** Share, 0 (default) to 1, of the distance to the smoothest cube that has the image's colours: `hyperlift train` begins with 1
   * and lets it fall to 0 over the first part of a run. Not of the paper. */
  smoothStart?: number;
  /** Three bands instead of the band choice. */
  fixedIndices?: number[];
  /** `published`: the band similarity has no gradient, and NaN wins the band choice. */
  compat?: 'default' | 'published';
  /** VGG-16's weights by torchvision's keys; default: He-normal random ones, fixed by a seed. */
  features?: ReadonlyMap<string, Tensor>;
}

/** The unsupervised loss of UnSSR, for a training loop of one's own: a function of a predicted cube and the RGB image it
 * was predicted from, `[batch, 3, height, width]`. Leng et al., IEEE TNNLS 2025.
 * @example
 * const loss = await unssrLoss();
 * const { total } = await loss(await model.forward(rgb), rgb);
 * @throws {ConfigError} `CONFIG_LOSS`; the function throws `TENSOR_SHAPE`. */
export async function unssrLoss(options: UnssrLossOptions = {}): Promise<LossFunction> {
  const { css = 1, bandSsim = 0.3, perceptual = 0.001, response, features, ...rest } = options;
  const { table } = response ?? (await usualResponse());
  const config: NativeLossConfig = {
    terms: { css, bandSsim, perceptual },
    response: table,
    rgbBands: 3,
    ...rest,
  };
  if (features !== undefined) {
    config.features = new Map([...features].map(([key, tensor]) => [key, tensor.native]));
  }
  const loss = native().createLoss('unsupervised', config);
  return (prediction, rgb) => computed(loss, { prediction: prediction.native, rgb: rgb.native });
}

/** The bands in which a cube is least certain, by the entropy of its values: UnSSR's band choice (USAM), for the output
 * of any network. No gradient.
 * @param cube `[batch, bands, height, width]`.
 * @returns `indices`: three bands of largest score, in descending order; `scores`: one for each band, float64. With
 * `per-sample` both have the batch before.
 * @throws {TensorError} `TENSOR_SHAPE`. */
export async function chooseBands(
  cube: Tensor,
  options: { indices?: 'batch' | 'per-sample'; compat?: 'default' | 'published' } = {},
): Promise<{ indices: Tensor<'int64'>; scores: Tensor<'float64'> }> {
  const { indices, scores } = await queued(() => native().usam(cube.native, options));
  return { indices: new Tensor<'int64'>(indices), scores: new Tensor<'float64'>(scores) };
}

async function usualResponse(): Promise<CameraResponse> {
  const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);
  return resampleResponse(await cameraResponse(), wavelengths);
}

async function computed(loss: NativeLoss, inputs: Parameters<NativeLoss['compute']>[0]): Promise<LossValue> {
  const { total, terms, indices } = await queued(() => loss.compute(inputs, currentScope().grad));
  const named = Object.entries(terms).map(([name, term]) => [name, new Tensor(term)] as const);
  return {
    total: new Tensor(total),
    terms: Object.fromEntries(named),
    indices: indices === null ? null : new Tensor(indices),
  };
}
