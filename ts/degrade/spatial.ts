import { ConfigError, DataError } from '../errors.js';
import { randn, type Tensor, tidy } from '../tensor/index.js';

/** How a low-resolution cube is made of one: bicubic resampling, then noise. */
export interface DegradeOptions {
  /** How many times smaller the result is, in both directions: a whole number from 1. */
  scale: number;
  /** Standard deviation of Gaussian noise added at the end, in the unit of the values. Default 0: none. */
  noise?: number;
  /** Of the noise. Default 0, so that an evaluation repeats. */
  seed?: number;
}

/** Makes a low-resolution cube: MATLAB's `imresize(cube, 1 / scale, 'bicubic')`, with antialiasing, as in the papers on
 * super-resolution, and noise where it is asked for. Values are not clipped: bicubic overshoot below 0 or above 1 stays.
 * Computed in double, whatever the dtype, and rounded once.
 * @param cube `[bands, height, width]`, height and width multiples of the scale: see {@link cropToMultiple}.
 * @returns `[bands, height / scale, width / scale]` of the same dtype.
 * @throws {DataError} `DATA_RANK`, `DATA_SIZE_MISMATCH`; {ConfigError} `CONFIG_VALUE`.
 * @example const low = await degrade(cube, { scale: 4 }); */
export async function degrade<D extends 'float32' | 'float64'>(
  cube: Tensor<D>,
  { scale, noise = 0, seed = 0 }: DegradeOptions,
): Promise<Tensor<D>> {
  requireScale(scale);
  requireMultiple(cube.shape, scale);
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new ConfigError('CONFIG_VALUE', `'noise' is ${noise}; a number from 0 was expected`);
  }
  return tidy(async () => {
    const low = await (await cube.to('float64')).imresize({ scale: 1 / scale });
    if (noise === 0) return low.to(cube.dtype);
    const { shape, device } = low;
    const deviation = randn(shape, { seed, dtype: 'float64', device });
    return (await low.add(await deviation.mul(noise))).to(cube.dtype);
  });
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
