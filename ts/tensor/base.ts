import { inspect } from 'node:util';
import type { NativeTensor, OpParameters } from '../native/types.js';
import type { DType } from './dtype.js';
import { compute, computeOne, type Operand, view } from './execute.js';
import { adopt } from './scope.js';
import type { Tensor } from './tensor.js';

type TensorConstructor = new (native: NativeTensor) => Tensor<DType>;

/** Properties and lifetime of a tensor; its operations are in the classes that extend this one, by kind. */
export abstract class TensorBase<D extends DType = DType> {
  /** The handle of the addon.
   * @internal */
  readonly native: NativeTensor;

  /** @internal */
  constructor(native: NativeTensor) {
    this.native = native;
    adopt(this);
  }

  /** Sizes of the dimensions, outermost first; `[]` for a scalar.
   * @throws {TensorError} `TENSOR_DISPOSED`. */
  get shape(): number[] {
    return this.native.shape;
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.native.shape.length;
  }

  /** Number of elements; 1 for a scalar, 0 for an empty tensor. */
  get size(): number {
    return this.native.shape.reduce((product, size) => product * size, 1);
  }

  /** Type of the elements. */
  get dtype(): D {
    return this.native.dtype as D;
  }

  /** `cpu` or `cuda:N`. */
  get device(): string {
    return this.native.device;
  }

  /** Whether the elements lie in memory in row-major order; `permute` and the like give tensors for which they do
   * not. */
  get isContiguous(): boolean {
    return this.native.contiguous;
  }

  /** Whether `dispose` was called; every other use of a disposed tensor throws `TENSOR_DISPOSED`. */
  get disposed(): boolean {
    return this.native.disposed;
  }

  /** Lets go of the values now instead of at some garbage collection. Views of them stay valid. Calling it again does
   * nothing. */
  dispose(): void {
    this.native.dispose();
  }

  /** `using x = ...` disposes at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** What console.log shows: dtype, shape and device, no values. */
  [inspect.custom](): string {
    if (this.disposed) return 'Tensor (disposed)';
    const grad = this.native.requiresGrad ? ', requires grad' : '';
    return `Tensor ${this.dtype} [${this.shape.join(', ')}] on ${this.device}${grad}`;
  }

  /** An operation with this tensor as first input.
   * @internal */
  protected async op<R extends DType>(
    name: string,
    others: readonly Operand[] = [],
    parameters?: OpParameters,
  ): Promise<Tensor<R>> {
    return this.made<R>(await computeOne(name, [this, ...others], parameters));
  }

  /** An operation with several results.
   * @internal */
  protected async ops(name: string, parameters?: OpParameters): Promise<Tensor<DType>[]> {
    return (await compute(name, [this], parameters)).map((handle) => this.made(handle));
  }

  /** A view of this tensor.
   * @internal */
  protected seen(name: string, parameters?: OpParameters): Tensor<D> {
    return this.made<D>(view(name, this, parameters)[0] as NativeTensor);
  }

  /** Several views of this tensor.
   * @internal */
  protected seenMany(name: string, parameters?: OpParameters): Tensor<D>[] {
    return view(name, this, parameters).map((handle) => this.made<D>(handle));
  }

  /** A tensor over a handle. This class cannot name the one that ends the chain of classes.
   * @internal */
  protected made<R extends DType>(handle: NativeTensor): Tensor<R> {
    return new (this.constructor as TensorConstructor)(handle) as Tensor<R>;
  }
}
