import { randomInt } from 'node:crypto';
import { TensorError } from '../errors.js';
import { native } from '../native/index.js';
import type { NativeTensor, OpParameters } from '../native/types.js';
import type { DType, FloatDType, TypedArrayOf } from './dtype.js';
import { Tensor } from './tensor.js';
import { asNativeArray, dtypeOfArray } from './values.js';

/** What every created tensor can be told. */
export interface CreateOptions<D extends DType> {
  /** Default `float32`. */
  dtype?: D;
  /** `cpu`, `cuda:N` or `auto`. Default `cpu`. */
  device?: string;
  /** Whether operations on it are recorded for `backward`; for floating dtypes. Default false. */
  requiresGrad?: boolean;
}

/** Options of random tensors. */
export interface RandomOptions<D extends DType> extends CreateOptions<D> {
  /** 0 to 2^53 - 1. The same seed gives the same values, whatever the device and the number of threads. Default: one that
   * nobody knows. */
  seed?: number;
}

/** Typed arrays and the dtype they hold by themselves. */
type DTypeOfArray<A> = A extends Uint8Array | Uint8ClampedArray
  ? 'uint8'
  : A extends Int16Array
    ? 'int16'
    : A extends Uint16Array
      ? 'uint16'
      : A extends Int32Array
        ? 'int32'
        : A extends BigInt64Array
          ? 'int64'
          : A extends Float32Array
            ? 'float32'
            : A extends Float64Array
              ? 'float64'
              : never;

type SomeArray = TypedArrayOf[DType] | Uint8ClampedArray;

/** A tensor of a copy of `data`, which is in row-major order of `shape`. The dtype is the array's own; a Uint16Array can also be the
 * bits of `float16` or `bfloat16`, a Uint8Array `bool` (0 is false). Where Node has Float16Array, that is `float16`.
 * @example const rgb = fromTypedArray(pixels, [3, height, width]); // uint8 for a Uint8Array
 * @throws {TensorError} `TENSOR_SHAPE` when the values do not fill the shape, `TENSOR_DTYPE` for an array that cannot
 * hold the dtype. */
export function fromTypedArray<A extends SomeArray>(
  data: A,
  shape: readonly number[],
  options?: Omit<CreateOptions<DType>, 'dtype'>,
): Tensor<DTypeOfArray<A>>;
export function fromTypedArray<D extends DType>(
  data: TypedArrayOf[D],
  shape: readonly number[],
  options: D | (CreateOptions<D> & { dtype: D }),
): Tensor<D>;
export function fromTypedArray(
  data: SomeArray,
  shape: readonly number[],
  options: DType | CreateOptions<DType> = {},
): Tensor<DType> {
  const given = typeof options === 'string' ? { dtype: options } : options;
  const { device = 'cpu', requiresGrad = false, dtype = dtypeOfArray(data) } = given;
  if (dtype === null) {
    throw new TensorError('TENSOR_DTYPE', 'fromTypedArray: expected a typed array of one of the dtypes');
  }
  return prepared(native().fromTypedArray(asNativeArray(data), shape, dtype, device), requiresGrad);
}

/** A tensor of numbers in nested arrays, which all have the same lengths; a single number gives a scalar. For a few
 * values: many belong in a typed array.
 * @example tensor([[1, 2], [3, 4]]) // float32 [2, 2]
 * @throws {TensorError} `TENSOR_SHAPE` for ragged arrays, `TENSOR_DTYPE` for fractions in an integer dtype. */
export function tensor<D extends DType = 'float32'>(
  values: NestedNumbers,
  { dtype, device = 'cpu', requiresGrad = false }: CreateOptions<D> = {},
): Tensor<D> {
  const shape = shapeOf(values);
  const flat: number[] = [];
  flatten(values, shape, 0, flat);
  const wanted: DType = dtype ?? 'float32';
  const whole = !wanted.includes('float') && flat.every(Number.isInteger);
  if (!wanted.includes('float') && !whole) {
    throw new TensorError('TENSOR_DTYPE', `tensor: found fractions for ${wanted}, expected whole numbers`);
  }
  const handle = native().fromNumbers(Float64Array.from(flat), shape, wanted, device);
  return prepared<D>(handle, requiresGrad);
}

/** Numbers in arrays in arrays. */
export type NestedNumbers = number | readonly NestedNumbers[];

function shapeOf(values: NestedNumbers): number[] {
  if (typeof values === 'number') return [];
  const [first] = values;
  return first === undefined ? [0] : [values.length, ...shapeOf(first)];
}

function flatten(values: NestedNumbers, shape: readonly number[], depth: number, into: number[]): void {
  const size = shape[depth];
  const found = typeof values === 'number' ? undefined : values.length;
  if (found !== size) {
    const [there, here] = [found ?? 'a number', size === undefined ? 'a number' : `${size} elements`];
    throw new TensorError(
      'TENSOR_SHAPE',
      `tensor: found ${there} at depth ${depth}, expected ${here} everywhere`,
    );
  }
  if (typeof values === 'number') into.push(values);
  else for (const part of values) flatten(part, shape, depth + 1, into);
}

/** A tensor of one value. `full([2, 2], 7n, { dtype: 'int64' })`; a fraction for an integer dtype is `TENSOR_DTYPE`. */
export function full<D extends DType = 'float32'>(
  shape: readonly number[],
  value: number | bigint | boolean,
  options: CreateOptions<D> = {},
): Tensor<D> {
  return created('full', { shape, value }, options);
}

/** A tensor of zeros; `[0, 5]` and the like make an empty one, `[]` a scalar. */
export function zeros<D extends DType = 'float32'>(
  shape: readonly number[],
  options: CreateOptions<D> = {},
): Tensor<D> {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones<D extends DType = 'float32'>(
  shape: readonly number[],
  options: CreateOptions<D> = {},
): Tensor<D> {
  return full(shape, 1, options);
}

/** `start`, `start + step`, ... below `end`: `[count]`. Called with one number, from 0 to it.
 * @throws {TensorError} `TENSOR_PARAMETER` for a step that does not lead from start to end. */
export function arange<D extends DType = 'float32'>(
  start: number,
  end?: number,
  { step = 1, ...options }: CreateOptions<D> & { step?: number } = {},
): Tensor<D> {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  return created('arange', { start: from, end: to, step }, options);
}

/** `count` values from `start` to `end`, both included, at equal distances: `[count]`. Floating dtypes only. */
export function linspace<D extends FloatDType = 'float32'>(
  start: number,
  end: number,
  count: number,
  options: CreateOptions<D> = {},
): Tensor<D> {
  return created('linspace', { start, end, count }, options);
}

/** The identity matrix `[size, size]`. */
export function eye<D extends DType = 'float32'>(size: number, options: CreateOptions<D> = {}): Tensor<D> {
  return created('eye', { size }, options);
}

/** Random values, uniform in [0, 1). Floating dtypes only. */
export function rand<D extends FloatDType = 'float32'>(
  shape: readonly number[],
  { seed, ...options }: RandomOptions<D> = {},
): Tensor<D> {
  return created('rand', { shape, seed: seeded(seed) }, options);
}

/** Random values of the normal distribution of mean 0 and variance 1. Floating dtypes only. */
export function randn<D extends FloatDType = 'float32'>(
  shape: readonly number[],
  { seed, ...options }: RandomOptions<D> = {},
): Tensor<D> {
  return created('randn', { shape, seed: seeded(seed) }, options);
}

/** Random whole numbers, uniform, `low` to `high` (exclusive); int64 by default. */
export function randint<D extends DType = 'int64'>(
  low: number,
  high: number,
  shape: readonly number[],
  { seed, dtype, ...options }: RandomOptions<D> = {},
): Tensor<D> {
  const parameters = { low, high, shape, seed: seeded(seed) };
  return created('randint', parameters, { ...options, dtype: (dtype ?? 'int64') as D });
}

/** The numbers 0 to `count - 1` in random order: `[count]`. */
export function randperm(
  count: number,
  { seed, ...options }: Omit<RandomOptions<'int64'>, 'dtype' | 'requiresGrad'> = {},
): Tensor<'int64'> {
  return created('randperm', { count, seed: seeded(seed) }, { ...options, dtype: 'int64' });
}

function seeded(seed: number | undefined): number {
  if (seed === undefined) return randomInt(2 ** 48 - 1);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new TensorError(
    'TENSOR_PARAMETER',
    `seed: found ${seed}, expected a whole number from 0 to 2^53 - 1`,
  );
}

function created<D extends DType>(
  op: string,
  parameters: OpParameters,
  options: CreateOptions<D>,
): Tensor<D> {
  const { dtype, device = 'cpu', requiresGrad = false } = options;
  const handle = native().create(op, { ...parameters, dtype: dtype ?? 'float32', device });
  return prepared<D>(handle, requiresGrad);
}

function prepared<D extends DType>(handle: NativeTensor, requiresGrad: boolean): Tensor<D> {
  const made = new Tensor<D>(handle);
  try {
    if (requiresGrad) made.requiresGrad = true;
    return made;
  } catch (error) {
    made.dispose();
    throw error;
  }
}
