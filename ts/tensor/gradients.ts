import { native } from '../native/index.js';
import type { DType } from './dtype.js';
import { queued } from './execute.js';
import { currentScope } from './scope.js';
import { type BackwardOptions, Tensor } from './tensor.js';

/** How `gradients` goes back. */
export interface GradientsOptions extends BackwardOptions {
  /** Records the pass itself, for derivatives of derivatives. Default false. */
  createGraph?: boolean;
}

/** The derivatives of `loss` with respect to each input, returned instead of added to `grad`; null for an input that `loss` does
 * not depend on.
 * @example const [dx] = await gradients(await (await x.square()).sum(), [x]); // 2 x
 * @throws {TensorError} `TENSOR_GRAD` for an input that does not require a gradient, and as `backward`. */
export async function gradients<D extends DType>(
  loss: Tensor,
  inputs: readonly Tensor<D>[],
  { gradient, retainGraph = false, createGraph = false }: GradientsOptions = {},
): Promise<(Tensor<D> | null)[]> {
  const { stop } = currentScope();
  const handles = inputs.map((input) => input.native);
  const seed = gradient?.native ?? null;
  const found = await queued(async () =>
    native().gradients(loss.native, handles, seed, retainGraph, createGraph, stop),
  );
  return found.map((handle) => (handle === null ? null : new Tensor<D>(handle)));
}
