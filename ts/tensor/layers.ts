import { TensorError } from '../errors.js';
import { TensorWithArrangement } from './arrange.js';
import type { DType } from './dtype.js';
import type { Tensor } from './tensor.js';

/** One number for height and width, or both. */
export type Pair = number | readonly [height: number, width: number];

/** Options of `conv2d`. */
export interface ConvOptions<D extends DType> {
  /** `[out]`. Default: none. */
  bias?: Tensor<D>;
  /** Pixels from one output to the next. Default 1. */
  stride?: Pair;
  /** Zeros added on each side, in pixels; `same` keeps the size (stride 1 only). Default 0. */
  padding?: Pair | 'same';
  /** Pixels from one tap of the kernel to the next. Default 1. */
  dilation?: Pair;
  /** Groups of channels that see only each other. Default 1. */
  groups?: number;
}

/** Options of `convTranspose2d`. */
export interface ConvTransposeOptions<D extends DType> extends Omit<ConvOptions<D>, 'padding'> {
  /** Pixels cut from each side. Default 0. */
  padding?: Pair;
  /** Pixels added at the end of each side. Default 0. */
  outputPadding?: Pair;
}

/** Options of `interpolate`: the new size, or a factor. */
export interface InterpolateOptions {
  /** `[height, width]` of the result. */
  size?: Pair;
  /** Factor for both; the result's sizes are rounded down. */
  scale?: number;
  /** Default `bilinear`. */
  mode?: 'nearest' | 'bilinear' | 'bicubic' | 'area';
  /** Corner pixels' centres (true) or edges (false) fall together. Default false. */
  alignCorners?: boolean;
  /** Low-pass when shrinking, as image libraries do; for bilinear and bicubic. Default false. */
  antialias?: boolean;
}

/** Options of `imresize`: the new size, or a factor. */
export interface ImresizeOptions {
  /** `[height, width]` of the result. */
  size?: Pair;
  /** Factor for both; the result's sizes are rounded up, as MATLAB does. */
  scale?: number;
  /** Whose bicubic: MATLAB's `imresize` (default) or Pillow's `Image.resize` of float images. They differ at the borders and in
   * how sizes that do not divide are centred. */
  style?: 'matlab' | 'pillow';
}

/** Options of pooling. */
export interface PoolOptions {
  /** Default: the kernel. */
  stride?: Pair;
  /** Default 0. */
  padding?: Pair;
}

/** Products, convolutions, resampling and normalisation. Images are `[batch, channels, height, width]`. Tensors of one
 * call have one dtype (`TENSOR_DTYPE`); shapes that do not fit are `TENSOR_SHAPE`. */
export abstract class TensorWithLayers<D extends DType> extends TensorWithArrangement<D> {
  /** Matrix product `[..., n, k] x [..., k, m] -> [..., n, m]`; leading dimensions broadcast, vectors `[k]` are rows or
   * columns. */
  matmul(other: Tensor<D>): Promise<Tensor<D>> {
    return this.op('matmul', [other]);
  }

  /** `[..., in] x [out, in] + [out] -> [..., out]`. */
  linear(weight: Tensor<D>, bias?: Tensor<D>): Promise<Tensor<D>> {
    return this.op('linear', bias === undefined ? [weight] : [weight, bias]);
  }

  /** Correlation of an image with `weight` `[out, channels / groups, height, width]` -> `[batch, out, ...]`.
   * @example const edges = await image.conv2d(kernel, { padding: 'same' }); */
  conv2d(weight: Tensor<D>, options: ConvOptions<D> = {}): Promise<Tensor<D>> {
    const { bias, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
    const pads = typeof padding === 'string' ? { paddingMode: padding } : { padding };
    return this.op('conv2d', bias === undefined ? [weight] : [weight, bias], {
      ...pads,
      stride,
      dilation,
      groups,
    });
  }

  /** The transposed convolution with `weight` `[channels, out / groups, height, width]`: conv2d's gradient. */
  convTranspose2d(weight: Tensor<D>, options: ConvTransposeOptions<D> = {}): Promise<Tensor<D>> {
    const { bias, stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
    const parameters = { stride, padding, outputPadding, dilation, groups };
    return this.op('convTranspose2d', bias === undefined ? [weight] : [weight, bias], parameters);
  }

  /** An image at another size.
   * @throws {TensorError} `TENSOR_PARAMETER` unless exactly one of `size` and `scale` is given. */
  interpolate(options: InterpolateOptions): Promise<Tensor<D>> {
    const { size, scale, mode = 'bilinear', alignCorners = false, antialias = false } = options;
    const parameters = { size: size ?? null, scale: scale ?? null, mode, alignCorners, antialias };
    return this.op('interpolate', [], parameters);
  }

  /** Bicubic resampling with anti-aliasing `[..., height, width]`, the one that the super-resolution papers make their low-resolution
   * cubes with: MATLAB's `imresize(A, scale)` or Pillow's, to rounding. Sums are taken in double. Differentiable.
   * @example const low = await cube.imresize({ scale: 1 / 4 });
   * @throws {TensorError} `TENSOR_PARAMETER` unless exactly one of `size` and `scale` is given; `TENSOR_DTYPE` for whole numbers. */
  imresize(options: ImresizeOptions): Promise<Tensor<D>> {
    const { size, scale, style = 'matlab' } = options;
    return this.op('imresize', [], { size: size ?? null, scale: scale ?? null, style });
  }

  /** Grown at its borders: `pads` counts `[left, right]` of the last dimension, then `[top, bottom]` of the one before,
   * and so on. `reflect` leaves the border itself out and reaches less than the size; `replicate` repeats the border; `circular` wraps.
   * `value` is for `constant`, 0 by default. */
  pad(
    pads: readonly number[],
    {
      mode = 'constant',
      value = 0,
    }: { mode?: 'constant' | 'reflect' | 'replicate' | 'circular'; value?: number } = {},
  ): Promise<Tensor<D>> {
    return this.op('pad', [], { pads, mode, value });
  }

  /** Means of windows. */
  avgPool2d(kernel: Pair, { stride, padding = 0 }: PoolOptions = {}): Promise<Tensor<D>> {
    return this.op('avgPool2d', [], { kernel, stride: stride ?? null, padding });
  }

  /** Largest values of windows. */
  maxPool2d(kernel: Pair, { stride, padding = 0 }: PoolOptions = {}): Promise<Tensor<D>> {
    return this.op('maxPool2d', [], { kernel, stride: stride ?? null, padding });
  }

  /** Means of as many windows as the result has pixels. */
  adaptiveAvgPool2d(size: Pair): Promise<Tensor<D>> {
    return this.op('adaptiveAvgPool2d', [], { size });
  }

  /** `[b, c * scale^2, h, w] -> [b, c, h * scale, w * scale]`. */
  pixelShuffle(scale: number): Promise<Tensor<D>> {
    return this.op('pixelShuffle', [], { scale });
  }

  /** `[b, c, h * scale, w * scale] -> [b, c * scale^2, h, w]`. */
  pixelUnshuffle(scale: number): Promise<Tensor<D>> {
    return this.op('pixelUnshuffle', [], { scale });
  }

  /** `exp(x) / sum(exp(x))` along `dim`. */
  softmax(dim = -1): Promise<Tensor<D>> {
    return this.op('softmax', [], { dim });
  }

  /** The logarithm of `softmax`. */
  logSoftmax(dim = -1): Promise<Tensor<D>> {
    return this.op('logSoftmax', [], { dim });
  }

  /** Divided by its length (L2 norm, at least 1e-12) along `dim`. */
  normalize(dim = -1): Promise<Tensor<D>> {
    return this.op('normalize', [], { dim });
  }

  /** Mean 0 and variance 1 over the last dimensions, whose sizes `shape` names; then scaled and shifted.
   * `epsilon`, 1e-5 by default, is added to the variance.
   * @throws {TensorError} `TENSOR_PARAMETER` for a bias without a weight. */
  async layerNorm(
    shape: readonly number[],
    { weight, bias, epsilon = 1e-5 }: { weight?: Tensor<D>; bias?: Tensor<D>; epsilon?: number } = {},
  ): Promise<Tensor<D>> {
    if (weight === undefined && bias !== undefined) {
      throw new TensorError(
        'TENSOR_PARAMETER',
        'layerNorm: found a bias without a weight, expected both or a weight',
      );
    }
    const affine = weight === undefined ? [] : bias === undefined ? [weight] : [weight, bias];
    return this.op('layerNorm', affine, { shape, epsilon });
  }
}
