import type { DType, Summed } from './dtype.js';
import { TensorWithFunctions } from './functions.js';
import type { Tensor } from './tensor.js';

/** Over which dimensions a reduction goes. */
export interface ReduceOptions {
  /** One dimension or several; negative ones count from the end. Default: all, which gives a scalar. */
  dim?: number | readonly number[];
  /** Keeps the reduced dimensions with size 1. Default false. */
  keepDim?: boolean;
}

/** For reductions that go over one dimension, or over everything. */
export interface ReduceOneOptions {
  /** The dimension; negative ones count from the end. Default: all, which gives a scalar. */
  dim?: number;
  /** Keeps the reduced dimension with size 1. Default false. */
  keepDim?: boolean;
}

/** Reductions for spread. */
export interface SpreadOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor: 1 estimates from a sample, 0 describes the whole. Default 1. */
  correction?: number;
}

function reduced({ dim, keepDim = false }: ReduceOptions) {
  return { dim: dim ?? null, keepDim };
}

/** Reductions. A dimension that is not there is `TENSOR_INDEX`. */
export abstract class TensorWithReductions<D extends DType> extends TensorWithFunctions<D> {
  /** The sum; 0 of nothing. Integers and bool are summed in int64. */
  sum(options: ReduceOptions = {}): Promise<Tensor<Summed<D>>> {
    return this.op('sum', [], reduced(options));
  }

  /** The mean, for floating dtypes; NaN of nothing. */
  mean(options: ReduceOptions = {}): Promise<Tensor<D>> {
    return this.op('mean', [], reduced(options));
  }

  /** The product; 1 of nothing. Integers and bool are multiplied in int64. */
  prod(options: ReduceOneOptions = {}): Promise<Tensor<Summed<D>>> {
    return this.op('prod', [], reduced(options));
  }

  /** The least value; NaN if any is. Gradients are shared by equal values. `TENSOR_INDEX` of nothing. */
  min(options: ReduceOptions = {}): Promise<Tensor<D>> {
    return this.op('min', [], reduced(options));
  }

  /** The largest value; NaN if any is. Gradients are shared by equal values. `TENSOR_INDEX` of nothing. */
  max(options: ReduceOptions = {}): Promise<Tensor<D>> {
    return this.op('max', [], reduced(options));
  }

  /** The variance, for floating dtypes. */
  variance({ correction = 1, ...options }: SpreadOptions = {}): Promise<Tensor<D>> {
    return this.op('variance', [], { ...reduced(options), correction });
  }

  /** The standard deviation, for floating dtypes. */
  std({ correction = 1, ...options }: SpreadOptions = {}): Promise<Tensor<D>> {
    return this.op('std', [], { ...reduced(options), correction });
  }

  /** The norm `sum(|x|^order)^(1/order)`, for floating dtypes; order `Infinity` is the largest absolute value. Default
   * order 2. */
  norm({ order = 2, ...options }: ReduceOptions & { order?: number } = {}): Promise<Tensor<D>> {
    return this.op('norm', [], { ...reduced(options), order });
  }

  /** `log(sum(exp(x)))` without overflow, for floating dtypes. */
  logSumExp(options: ReduceOptions = {}): Promise<Tensor<D>> {
    return this.op('logSumExp', [], reduced(options));
  }

  /** The middle value; the lower one of two. */
  median(options: ReduceOneOptions = {}): Promise<Tensor<D>> {
    return this.op('median', [], reduced(options));
  }

  /** The value below which a share `q` (0 to 1) of the values lies, interpolated; for float32 and float64. */
  quantile(q: number, options: ReduceOneOptions = {}): Promise<Tensor<D>> {
    return this.op('quantile', [], { ...reduced(options), q });
  }

  /** Whether all are true (not 0); true of nothing. */
  all(options: ReduceOptions = {}): Promise<Tensor<'bool'>> {
    return this.op('all', [], reduced(options));
  }

  /** Whether one or more are true (not 0); false of nothing. */
  any(options: ReduceOptions = {}): Promise<Tensor<'bool'>> {
    return this.op('any', [], reduced(options));
  }

  /** The index of the largest value: along `dim`, or in row-major order of everything. */
  argmax(options: ReduceOneOptions = {}): Promise<Tensor<'int64'>> {
    return this.op('argmax', [], reduced(options));
  }

  /** The index of the least value: along `dim`, or in row-major order of everything. */
  argmin(options: ReduceOneOptions = {}): Promise<Tensor<'int64'>> {
    return this.op('argmin', [], reduced(options));
  }

  /** Running sums along `dim`; integers and bool in int64. */
  cumsum(dim: number): Promise<Tensor<Summed<D>>> {
    return this.op('cumsum', [], { dim });
  }
}
