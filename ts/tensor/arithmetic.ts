import type { DType, Floating, Promote } from './dtype.js';
import type { Tensor } from './tensor.js';
import { TensorWithViews } from './views.js';

/** Arithmetic and comparison, element by element. Shapes broadcast: counted from the last dimension, sizes are equal or
 * one of them is 1. Two dtypes meet as `Promote` says. A number is taken as a value of the tensor's dtype, and one
 * that the dtype cannot hold (0.5 for int32) is `TENSOR_DTYPE`; division and comparison take any. Shapes that do not
 * broadcast are `TENSOR_SHAPE`, tensors of two devices `TENSOR_DEVICE`. */
export abstract class TensorWithArithmetic<D extends DType> extends TensorWithViews<D> {
  /** `this + other`. */
  add<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('add', [other]);
  }

  /** `this - other`. Not for two bool tensors (`TENSOR_DTYPE`). */
  sub<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('sub', [other]);
  }

  /** `this * other`, element by element. */
  mul<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('mul', [other]);
  }

  /** `this / other`; integers give float32. Division by 0 gives infinity or NaN. */
  div<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Floating<Promote<D, E>>>> {
    return this.op('div', [other]);
  }

  /** `this` to the power of `other`. An integer tensor takes no negative power. */
  pow<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('pow', [other]);
  }

  /** What is left of dividing by `other`, with the sign of `other` (as in Python, unlike JavaScript's `%`). */
  remainder<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('remainder', [other]);
  }

  /** The larger of the two; NaN where either is. */
  maximum<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('maximum', [other]);
  }

  /** The smaller of the two; NaN where either is. */
  minimum<E extends DType = D>(other: Tensor<E> | number | bigint): Promise<Tensor<Promote<D, E>>> {
    return this.op('minimum', [other]);
  }

  /** Angle in radians, -pi to pi, of the point (x: other, y: this). */
  atan2<E extends DType = D>(other: Tensor<E> | number): Promise<Tensor<Floating<Promote<D, E>>>> {
    return this.op('atan2', [other]);
  }

  /** `this + weight * (end - this)`, for floating dtypes. */
  lerp(end: Tensor<D>, weight: number | Tensor<D>): Promise<Tensor<D>> {
    return this.op('lerp', [end, weight]);
  }

  /** Whether equal; NaN equals nothing. */
  eq(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('eq', [other]);
  }

  /** Whether different. */
  ne(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('ne', [other]);
  }

  /** `this < other`. */
  lt(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('lt', [other]);
  }

  /** `this <= other`. */
  le(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('le', [other]);
  }

  /** `this > other`. */
  gt(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('gt', [other]);
  }

  /** `this >= other`. */
  ge(other: Tensor | number | bigint): Promise<Tensor<'bool'>> {
    return this.op('ge', [other]);
  }

  /** Whether both are true (not 0). */
  logicalAnd(other: Tensor): Promise<Tensor<'bool'>> {
    return this.op('logicalAnd', [other]);
  }

  /** Whether one or both are true (not 0). */
  logicalOr(other: Tensor): Promise<Tensor<'bool'>> {
    return this.op('logicalOr', [other]);
  }

  /** Whether just one is true (not 0). */
  logicalXor(other: Tensor): Promise<Tensor<'bool'>> {
    return this.op('logicalXor', [other]);
  }

  /** Whether false (0). */
  logicalNot(): Promise<Tensor<'bool'>> {
    return this.op('logicalNot');
  }

  /** Whether NaN. */
  isNaN(): Promise<Tensor<'bool'>> {
    return this.op('isNaN');
  }

  /** Whether neither NaN nor infinite. */
  isFinite(): Promise<Tensor<'bool'>> {
    return this.op('isFinite');
  }

  /** Values below `min` set to it, values above `max` set to it; NaN stays. One of the two may be left out
   * (`TENSOR_PARAMETER` for both). */
  clamp({ min, max }: { min?: number | bigint; max?: number | bigint }): Promise<Tensor<D>> {
    return this.op('clamp', [], { min: min ?? null, max: max ?? null });
  }

  /** `value` (default 0) for NaN, the dtype's largest and least values for the infinities. */
  nanToNum(value = 0): Promise<Tensor<D>> {
    return this.op('nanToNum', [], { value });
  }
}
