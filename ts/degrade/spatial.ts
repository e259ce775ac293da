import { ConfigError, DataError } from '../errors.js';
import { randn, type Tensor, tidy } from '../tensor/index.js';
import type { BlurKernel } from './blur-kernel.js';
import { filterMirrored } from './filter.js';
import { spreadPoints } from './point-spread.js';

/** How a low-resolution cube is made of one: blur, downsampling, noise, in this order. */
export interface DegradeOptions {
  /** How many times smaller the result is, in both directions: a whole number from 1. */
  scale: number;
  /** Blur before downsampling; `point-spread` stands for the whole degradation of 3D-FCNN, a Gaussian whose full width at half maximum
   * is the scale, instead of both. Default: none, as in most papers. */
  kernel?: BlurKernel | 'point-spread';
  /** `bicubic`: MATLAB's imresize with antialiasing, the default. `decimate`: every scale-th pixel of the blurred cube, the kernel's
   * middle on the block's, or half a pixel above and left of it where one of scale and kernel is even. */
  downsampling?: 'bicubic' | 'decimate';
  /** Standard deviation of Gaussian noise added at the end, in the unit of the values. Default 0: none. */
  noise?: number;
  /** Of the noise. Default 0, so that an evaluation repeats. */
  seed?: number;
}

/** Makes a low-resolution cube: MATLAB's `imresize(cube, 1 / scale, 'bicubic')`, with antialiasing, as in the papers on
 * super-resolution; before it blur and after it noise where they are asked for. Values are not clipped: bicubic overshoot below 0 or above 1 stays.
 * Computed in double, whatever the dtype, and rounded once.
 * @param cube `[bands, height, width]`, height and width multiples of the scale: see {@link cropToMultiple}.
 * @returns `[bands, height / scale, width / scale]` of the same dtype.
 * @throws {DataError} `DATA_RANK`, `DATA_SIZE_MISMATCH`; {ConfigError} `CONFIG_VALUE`.
 * @example const low = await degrade(cube, { scale: 4 }); */
export async function degrade<D extends 'float32' | 'float64'>(
  cube: Tensor<D>,
  options: DegradeOptions,
): Promise<Tensor<D>> {
  const { scale, noise = 0, seed = 0 } = options;
  requireScale(scale);
  requireMultiple(cube.shape, scale);
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new ConfigError('CONFIG_VALUE', `'noise' is ${noise}; a number from 0 was expected`);
  }
  return tidy(async () => {
    const low = await downsampled(await cube.to('float64'), options);
    if (noise === 0) return low.to(cube.dtype);
    const { shape, device } = low;
    const deviation = randn(shape, { seed, dtype: 'float64', device });
    return (await low.add(await deviation.mul(noise))).to(cube.dtype);
  });
}

async function downsampled(
  cube: Tensor<'float64'>,
  { scale, kernel, downsampling = 'bicubic' }: DegradeOptions,
): Promise<Tensor<'float64'>> {
  if (downsampling !== 'bicubic' && downsampling !== 'decimate') {
    const found = `'downsampling' is '${downsampling}'`;
    throw new ConfigError('CONFIG_VALUE', `${found}; bicubic or decimate was expected`);
  }
  if (kernel === 'point-spread') return spreadPoints(cube, scale);
  if (kernel !== undefined) requireKernel(kernel);
  if (downsampling === 'decimate') {
    const { height, width } = kernel ?? { height: 1, width: 1 };
    const offset = (size: number): number => Math.floor((scale - size) / 2);
    const places = { stride: scale, rowOffset: offset(height), columnOffset: offset(width) };
    return filterMirrored(cube, kernel ?? point, places);
  }
  const blurred = kernel === undefined ? cube : await filterMirrored(cube, kernel);
  return blurred.imresize({ scale: 1 / scale });
}

/** A kernel that changes nothing. */
const point: BlurKernel = { height: 1, width: 1, values: Float64Array.of(1) };

function requireKernel({ height, width, values }: BlurKernel): void {
  const odd = height % 2 === 1 && width % 2 === 1;
  if (odd && values.length === height * width && values.every(Number.isFinite)) return;
  throw new ConfigError(
    'CONFIG_VALUE',
    `'kernel' is ${height} x ${width} with ${values.length} values; odd sizes and as many finite values were expected`,
  );
}

/** The top-left part whose height and width are multiples of `scale` (510 of 512 at scale 3), as a view: the test images of the
 * papers are cut so.
 * @throws {DataError} `DATA_RANK`, `DATA_SIZE_MISMATCH` for an image smaller than one pixel of the result. */
export function cropToMultiple<D extends 'float32' | 'float64'>(cube: Tensor<D>, scale: number): Tensor<D> {
  requireScale(scale);
  const { height, width } = sizeOf(cube.shape);
  if (height < scale || width < scale) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `the cube of ${height} x ${width} pixels is smaller than the scale, ${scale}`,
    );
  }
  const rows = cube.slice(1, { end: height - (height % scale) });
  return rows.slice(2, { end: width - (width % scale) });
}

function requireScale(scale: number): void {
  if (Number.isInteger(scale) && scale >= 1) return;
  throw new ConfigError('CONFIG_VALUE', `'scale' is ${scale}; a whole number from 1 was expected`);
}

function requireMultiple(shape: readonly number[], scale: number): void {
  const { height, width } = sizeOf(shape);
  if (height > 0 && width > 0 && height % scale === 0 && width % scale === 0) return;
  throw new DataError(
    'DATA_SIZE_MISMATCH',
    `the cube has ${height} x ${width} pixels; multiples of the scale, ${scale}, were expected: cropToMultiple cuts to these`,
  );
}

function sizeOf(shape: readonly number[]): { height: number; width: number } {
  const [, height, width] = shape;
  if (shape.length === 3 && height !== undefined && width !== undefined) return { height, width };
  throw new DataError(
    'DATA_RANK',
    `a cube [bands, height, width] was expected, not a tensor of shape [${shape.join(', ')}]`,
  );
}
