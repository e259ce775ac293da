import { TensorWithArithmetic } from './arithmetic.js';
import type { DType, Floating } from './dtype.js';
import type { Tensor } from './tensor.js';

/** Functions of each element: the result has the shape of this tensor. Those that give fractions turn integers into
 * float32. */
export abstract class TensorWithFunctions<D extends DType> extends TensorWithArithmetic<D> {
  /** `-this`. */
  neg(): Promise<Tensor<D>> {
    return this.op('neg');
  }

  /** The distance from 0. */
  abs(): Promise<Tensor<D>> {
    return this.op('abs');
  }

  /** -1, 0 or 1. */
  sign(): Promise<Tensor<D>> {
    return this.op('sign');
  }

  /** The next whole number below. */
  floor(): Promise<Tensor<D>> {
    return this.op('floor');
  }

  /** The next whole number above. */
  ceil(): Promise<Tensor<D>> {
    return this.op('ceil');
  }

  /** The nearest whole number; halves go to the even one. */
  round(): Promise<Tensor<D>> {
    return this.op('round');
  }

  /** Without the fraction. */
  trunc(): Promise<Tensor<D>> {
    return this.op('trunc');
  }

  /** `this * this`. */
  square(): Promise<Tensor<D>> {
    return this.op('square');
  }

  /** `max(this, 0)`. */
  relu(): Promise<Tensor<D>> {
    return this.op('relu');
  }

  /** e to the power of this. */
  exp(): Promise<Tensor<Floating<D>>> {
    return this.op('exp');
  }

  /** `exp(this) - 1`, exact near 0. */
  expm1(): Promise<Tensor<Floating<D>>> {
    return this.op('expm1');
  }

  /** Natural logarithm; NaN below 0. */
  log(): Promise<Tensor<Floating<D>>> {
    return this.op('log');
  }

  /** Logarithm to the base 2. */
  log2(): Promise<Tensor<Floating<D>>> {
    return this.op('log2');
  }

  /** Logarithm to the base 10. */
  log10(): Promise<Tensor<Floating<D>>> {
    return this.op('log10');
  }

  /** `log(1 + this)`, exact near 0. */
  log1p(): Promise<Tensor<Floating<D>>> {
    return this.op('log1p');
  }

  /** Square root; NaN below 0. */
  sqrt(): Promise<Tensor<Floating<D>>> {
    return this.op('sqrt');
  }

  /** `1 / sqrt(this)`. */
  rsqrt(): Promise<Tensor<Floating<D>>> {
    return this.op('rsqrt');
  }

  /** `1 / this`. */
  reciprocal(): Promise<Tensor<Floating<D>>> {
    return this.op('reciprocal');
  }

  /** Sine of radians. */
  sin(): Promise<Tensor<Floating<D>>> {
    return this.op('sin');
  }

  /** Cosine of radians. */
  cos(): Promise<Tensor<Floating<D>>> {
    return this.op('cos');
  }

  /** Tangent of radians. */
  tan(): Promise<Tensor<Floating<D>>> {
    return this.op('tan');
  }

  /** Arcsine in radians; NaN outside -1 to 1. */
  asin(): Promise<Tensor<Floating<D>>> {
    return this.op('asin');
  }

  /** Arccosine in radians; NaN outside -1 to 1. */
  acos(): Promise<Tensor<Floating<D>>> {
    return this.op('acos');
  }

  /** Arctangent in radians. */
  atan(): Promise<Tensor<Floating<D>>> {
    return this.op('atan');
  }

  /** Hyperbolic sine. */
  sinh(): Promise<Tensor<Floating<D>>> {
    return this.op('sinh');
  }

  /** Hyperbolic cosine. */
  cosh(): Promise<Tensor<Floating<D>>> {
    return this.op('cosh');
  }

  /** Hyperbolic tangent. */
  tanh(): Promise<Tensor<Floating<D>>> {
    return this.op('tanh');
  }

  /** Error function. */
  erf(): Promise<Tensor<Floating<D>>> {
    return this.op('erf');
  }

  /** `1 / (1 + exp(-this))`. */
  sigmoid(): Promise<Tensor<Floating<D>>> {
    return this.op('sigmoid');
  }

  /** `this * sigmoid(this)`, for floating dtypes. */
  silu(): Promise<Tensor<D>> {
    return this.op('silu');
  }

  /** Gaussian error linear unit, for floating dtypes; exact, or by tanh. Hendrycks and Gimpel 2016. */
  gelu({ approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}): Promise<Tensor<D>> {
    return this.op('gelu', [], { approximate });
  }

  /** `log(1 + exp(this))`, for floating dtypes. */
  softplus(): Promise<Tensor<D>> {
    return this.op('softplus');
  }

  /** This above 0, `slope` times this below, for floating dtypes. */
  leakyRelu(slope = 0.01): Promise<Tensor<D>> {
    return this.op('leakyRelu', [], { slope });
  }

  /** This above 0, `alpha * (exp(this) - 1)` below, for floating dtypes. */
  elu(alpha = 1): Promise<Tensor<D>> {
    return this.op('elu', [], { alpha });
  }
}
