import { native } from '../native/index.js';
import type { NativeTensor } from '../native/types.js';
import type { DType, Item, TypedArrayOf } from './dtype.js';
import { queued } from './execute.js';
import { TensorWithLayers } from './layers.js';
import { currentScope } from './scope.js';
import { itemOf } from './values.js';

/** Where the gradient of a backward pass starts, and what becomes of its graph. */
export interface BackwardOptions<D extends DType = DType> {
  /** The derivative of something with respect to this tensor; of the same shape. May be left out for one element. */
  gradient?: Tensor<D>;
  /** Keeps what the pass needs, for another pass. Default false. */
  retainGraph?: boolean;
}

/** What `to` changes. */
export interface Conversion<E extends DType> {
  dtype?: E;
  /** `cpu`, `cuda:N`, or `auto`: a CUDA device where there is one. */
  device?: string;
}

/** A handle of values that live natively: numbers of one dtype in a grid of any rank, on the CPU or a CUDA device.
 *
 * Creation (`zeros`, `fromTypedArray`, ...), properties and views are synchronous. Everything that computes returns a
 * promise; a JavaScript thread's operations run in the order of their calls on one native thread, so they need not be awaited
 * one by one. Images are `[batch, channels, height, width]`, cubes `[bands, height, width]`.
 *
 * Values live until `dispose`, the end of a `using` block or of a `tidy` scope, or garbage collection; `memory()` counts
 * them.
 *
 * What goes wrong throws or rejects with a `TensorError` that names the operation, what it found and what it expected:
 * `TENSOR_SHAPE`, `TENSOR_DTYPE`, `TENSOR_DEVICE`, `TENSOR_INDEX`, `TENSOR_PARAMETER`, `TENSOR_GRAD`, `TENSOR_DISPOSED`,
 * `TENSOR_OPERATION`; `RUN_OUT_OF_MEMORY` is a `RunError`.
 * @example
 * const rgb = rand([1, 3, 64, 64], { seed: 1 });
 * const weight = randn([31, 3, 1, 1], { seed: 2, requiresGrad: true });
 * const loss = await (await (await rgb.conv2d(weight)).square()).mean();
 * await loss.backward();
 * const gradient = weight.grad; // [31, 3, 1, 1] */
export class Tensor<D extends DType = DType> extends TensorWithLayers<D> {
  /** Another dtype, another device, or both. Fractions are cut, not rounded; values beyond the new dtype's range wrap or
   * are undefined, as in C. With nothing to change the result shares its values with this tensor.
   * @example const half = await x.to('float16'); const there = await x.to({ device: 'auto' }); */
  to<E extends DType = D>(target: E | Conversion<E>): Promise<Tensor<E>> {
    const { dtype, device }: Conversion<E> = typeof target === 'string' ? { dtype: target } : target;
    return this.op('to', [], { dtype: dtype ?? null, device: device ?? null });
  }

  /** A copy of the values in row-major order: float16, bfloat16 as bits in a Uint16Array, bool as 0 and 1, int64 as
   * bigints. */
  async toTypedArray(): Promise<TypedArrayOf[D]> {
    const values = await queued(() => native().toTypedArray(this.native));
    return values as TypedArrayOf[D];
  }

  /** The value of a tensor of one element: a number, a bigint for int64, a boolean for bool.
   * @throws {TensorError} `TENSOR_SHAPE` for more or fewer elements. */
  async item(): Promise<Item<D>> {
    return itemOf(this);
  }

  /** Whether operations of this tensor are recorded for `backward`. Only a tensor of a floating dtype can, and only on
   * one that was not computed from such tensors can it be set.
   * @throws {TensorError} `TENSOR_DTYPE`, `TENSOR_GRAD` when set. */
  get requiresGrad(): boolean {
    return this.native.requiresGrad;
  }

  set requiresGrad(on: boolean) {
    this.native.setRequiresGrad(on);
  }

  /** What the backward passes since the last `zeroGrad` added up for this tensor, or null. A new handle each time, of the same
   * values.
   * @throws {TensorError} `TENSOR_GRAD` while a backward pass is running: await it first. */
  get grad(): Tensor<D> | null {
    const handle: NativeTensor | null = this.native.grad;
    return handle === null ? null : new Tensor<D>(handle);
  }

  /** Adds the derivative of this tensor (a loss) to `grad` of every tensor it was computed from that `requiresGrad`.
   * @throws {TensorError} `TENSOR_GRAD` when there is no such tensor, or on a second pass without `retainGraph`; `TENSOR_SHAPE` for
   * more than one element without `gradient`. */
  async backward({ gradient, retainGraph = false }: BackwardOptions<D> = {}): Promise<void> {
    const { stop } = currentScope();
    await queued(async () => native().backward(this.native, gradient?.native ?? null, retainGraph, stop));
  }

  /** Forgets `grad`; in call order with the backward passes around it. */
  async zeroGrad(): Promise<void> {
    await queued(async () => native().zeroGrad([this.native]));
  }
}
