import type { DType } from './dtype.js';
import { TensorWithReductions } from './reductions.js';
import type { Tensor } from './tensor.js';

/** Order of a sort. */
export interface SortOptions {
  /** Dimension to sort along. Default: the last. */
  dim?: number;
  /** Largest first. Default false. */
  descending?: boolean;
}

/** Sorted or selected values, and where along the dimension they came from. */
export interface ValuesAndIndices<D extends DType> {
  values: Tensor<D>;
  indices: Tensor<'int64'>;
}

/** Sorting, selecting and rearranging: the results are new tensors. */
export abstract class TensorWithArrangement<D extends DType> extends TensorWithReductions<D> {
  /** Sorted along a dimension; equal values keep their order; NaN counts as largest. */
  async sort({ dim = -1, descending = false }: SortOptions = {}): Promise<ValuesAndIndices<D>> {
    return this.valuesAndIndices('sort', { dim, descending });
  }

  /** The indices that sort a dimension. */
  argsort({ dim = -1, descending = false }: SortOptions = {}): Promise<Tensor<'int64'>> {
    return this.op('argsort', [], { dim, descending });
  }

  /** The `k` largest (or least) values along a dimension, in order. `TENSOR_INDEX` when k is larger than it. */
  async topk(
    k: number,
    { dim = -1, largest = true }: { dim?: number; largest?: boolean } = {},
  ): Promise<ValuesAndIndices<D>> {
    return this.valuesAndIndices('topk', { k, dim, largest });
  }

  /** The different values, sorted: `[count]`. */
  unique(): Promise<Tensor<D>> {
    return this.op('unique');
  }

  /** Indices of the values that are not 0: `[count, rank]`. */
  nonzero(): Promise<Tensor<'int64'>> {
    return this.op('nonzero');
  }

  /** Values at `indices` along `dim`; indices has this tensor's rank, and the result its shape. */
  gather(dim: number, indices: Tensor<'int64'>): Promise<Tensor<D>> {
    return this.op('gather', [indices], { dim });
  }

  /** The listed indices of a dimension: `[a, b, c].indexSelect(1, [n])` is `[a, n, c]`. */
  indexSelect(dim: number, indices: Tensor<'int32' | 'int64'>): Promise<Tensor<D>> {
    return this.op('indexSelect', [indices], { dim });
  }

  /** The values where `mask` is true, in row-major order: `[count]`. */
  maskedSelect(mask: Tensor<'bool'>): Promise<Tensor<D>> {
    return this.op('maskedSelect', [mask]);
  }

  /** The whole repeated so many times along each dimension; more counts than dimensions add leading ones. */
  repeat(counts: readonly number[]): Promise<Tensor<D>> {
    return this.op('repeat', [], { counts });
  }

  /** In reverse order along the dimensions. */
  flip(dim: number | readonly number[]): Promise<Tensor<D>> {
    return this.op('flip', [], { dim });
  }

  /** Moved by `shifts` along the dimensions; what leaves at one end comes in at the other. */
  roll(shifts: number | readonly number[], dim: number | readonly number[]): Promise<Tensor<D>> {
    return this.op('roll', [], { shifts, dim });
  }

  /** Turned by `turns` quarters from the first of two dimensions towards the second; default the last two. */
  rot90(turns = 1, dims: readonly [number, number] = [-2, -1]): Promise<Tensor<D>> {
    return this.op('rot90', [], { turns, dims });
  }

  /** The lower triangle of the last two dimensions, 0 elsewhere. */
  tril(diagonal = 0): Promise<Tensor<D>> {
    return this.op('tril', [], { diagonal });
  }

  /** The upper triangle of the last two dimensions, 0 elsewhere. */
  triu(diagonal = 0): Promise<Tensor<D>> {
    return this.op('triu', [], { diagonal });
  }

  /** A copy of the values. Gradients flow through it. */
  clone(): Promise<Tensor<D>> {
    return this.op('clone');
  }

  /** The values in row-major order of memory, or, of four dimensions, with the channels innermost, in which convolutions are faster. This very
   * tensor's values where they lie so already. */
  contiguous(format: 'contiguous' | 'channels-last' = 'contiguous'): Promise<Tensor<D>> {
    return this.op('contiguous', [], { format });
  }

  private async valuesAndIndices(
    name: string,
    parameters: Record<string, number | boolean>,
  ): Promise<ValuesAndIndices<D>> {
    const [values, indices] = await this.ops(name, parameters);
    return { values: values as Tensor<D>, indices: indices as Tensor<'int64'> };
  }
}
