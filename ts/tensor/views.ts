import { TensorBase } from './base.js';
import type { DType } from './dtype.js';
import type { Tensor } from './tensor.js';

/** Ends of a slice along one dimension. */
export interface SliceRange {
  /** First index taken; negative ones count from the end. Default 0. */
  start?: number;
  /** Index before which to stop; default: the end. */
  end?: number;
  /** Every how many-th index; 1 or more. Default 1. */
  step?: number;
}

/** Views: made at once, they share the values of this tensor, and gradients flow through them. Dimensions count from 0;
 * negative ones from the end. They throw `TENSOR_INDEX` for a dimension or index that is not there and `TENSOR_SHAPE`
 * for a shape that does not fit. */
export abstract class TensorWithViews<D extends DType> extends TensorBase<D> {
  /** Indices `start` to `end` (exclusive) along `dim`; ends beyond the size are cut.
   * @example cube.slice(0, { start: 10, end: 20 }) // bands 10 to 19: [10, height, width] */
  slice(dim: number, { start = 0, end, step = 1 }: SliceRange = {}): Tensor<D> {
    return this.seen('slice', { dim, start, end: end ?? null, step });
  }

  /** One index of a dimension, which disappears: `[a, b, c].select(1, i)` is `[a, c]`. */
  select(dim: number, index: number): Tensor<D> {
    return this.seen('select', { dim, index });
  }

  /** The dimensions in another order: `[bands, height, width].permute(1, 2, 0)` is `[height, width, bands]`. */
  permute(...dims: number[]): Tensor<D> {
    return this.seen('permute', { dims });
  }

  /** Two dimensions exchanged; by default the last two. */
  transpose(first = -2, second = -1): Tensor<D> {
    return this.seen('transpose', { first, second });
  }

  /** The same elements in row-major order under another shape; one size may be -1 and is computed. Where the strides
   * do not allow a view the values are copied. */
  reshape(shape: readonly number[]): Tensor<D> {
    return this.seen('reshape', { shape });
  }

  /** Like `reshape`, but never copies: throws `TENSOR_SHAPE` where the strides do not allow it. */
  view(shape: readonly number[]): Tensor<D> {
    return this.seen('view', { shape });
  }

  /** Without the named dimensions of size 1, or without all of them. */
  squeeze(dim?: number | readonly number[]): Tensor<D> {
    return this.seen('squeeze', { dim: dim ?? null });
  }

  /** With a new dimension of size 1 before `dim`. */
  unsqueeze(dim: number): Tensor<D> {
    return this.seen('unsqueeze', { dim });
  }

  /** Dimensions of size 1 repeated without copying; -1 leaves a size as it is. */
  expand(shape: readonly number[]): Tensor<D> {
    return this.seen('expand', { shape });
  }

  /** Dimensions `start` to `end` (inclusive) as one. */
  flatten(start = 0, end = -1): Tensor<D> {
    return this.seen('flatten', { start, end });
  }

  /** One dimension as several, whose product is its size. */
  unflatten(dim: number, sizes: readonly number[]): Tensor<D> {
    return this.seen('unflatten', { dim, sizes });
  }

  /** The diagonal of two dimensions (by default the last two), as a new last dimension. */
  diagonal(offset = 0, first = -2, second = -1): Tensor<D> {
    return this.seen('diagonal', { offset, first, second });
  }

  /** Windows of `size` along `dim`, each `step` after the one before; the window becomes a new last dimension. */
  unfold(dim: number, size: number, step = 1): Tensor<D> {
    return this.seen('unfold', { dim, size, step });
  }

  /** Pieces along `dim`: of one size (the last may be smaller), or of the sizes given. */
  split(sizes: number | readonly number[], dim = 0): Tensor<D>[] {
    return this.seenMany('split', { sizes, dim, exact: typeof sizes !== 'number' });
  }

  /** The same values without their history: no gradient flows through it. */
  detach(): Tensor<D> {
    return this.seen('detach');
  }
}
