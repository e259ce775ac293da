import { type CubeData, nextTurn } from '../data/cube.js';
import { ConfigError, DataError } from '../errors.js';
import type { NativeCamera } from '../native/types.js';
import { type CameraResponse, channels } from './response.js';

/** How RGB is made of a cube: first the response, then exposure, noise and quantization, in this order; a step that is
 * not named is left out. */
export interface CameraSteps {
  /** Already at the cube's bands: see `responseFor`. */
  response: CameraResponse;
  /** Factor on the linear values. */
  exposure?: number;
  /** Standard deviation of Gaussian noise, in units of full scale. */
  noise?: number;
  /** Rounds to this many bits a channel. */
  bits?: number;
}

function refuse(name: string, value: number, expected: string): never {
  throw new ConfigError('CONFIG_VALUE', `camera '${name}' is ${value}; ${expected} was expected`);
}

/** The camera as the native sampler takes it.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function simulateRgb({ response, exposure, noise, bits }: CameraSteps): NativeCamera {
  if (exposure !== undefined && !(exposure > 0 && Number.isFinite(exposure)))
    refuse('exposure', exposure, 'a number above 0');
  if (noise !== undefined && !(noise >= 0 && noise < 1)) refuse('noise', noise, 'a number from 0 to below 1');
  if (bits !== undefined && !(Number.isInteger(bits) && bits >= 1 && bits <= 16))
    refuse('bits', bits, 'a whole number from 1 to 16');
  return {
    response: response.table,
    rgbBands: channels,
    ...(exposure === undefined ? {} : { exposure }),
    ...(noise === undefined ? {} : { noise }),
    ...(bits === undefined ? {} : { bits }),
  };
}

/** The RGB image of a whole cube: rgb = response^T y / 255 with y in [0, 1], linear, `[3, height, width]`, float32.
 * @throws {DataError} `DATA_SIZE_MISMATCH` when the response is not at the cube's bands. */
export async function projectToRgb(
  cube: CubeData,
  response: CameraResponse,
): Promise<Float32Array<ArrayBuffer>> {
  const { data, bands, height, width, fullScale } = cube;
  if (response.wavelengths.length !== bands) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${cube.name}: ${bands} bands, but the response '${response.name}' is at ${response.wavelengths.length} wavelengths`,
    );
  }
  const plane = height * width;
  const sums = new Float64Array(channels * plane);
  for (let band = 0; band < bands; band++) {
    const weights = Array.from(
      { length: channels },
      (_, c) => (response.table[band * channels + c] ?? 0) / 255 / fullScale,
    );
    const [red = 0, green = 0, blue = 0] = weights;
    for (let at = 0; at < plane; at++) {
      const value = data[band * plane + at] ?? 0;
      sums[at] = (sums[at] ?? 0) + red * value;
      sums[plane + at] = (sums[plane + at] ?? 0) + green * value;
      sums[2 * plane + at] = (sums[2 * plane + at] ?? 0) + blue * value;
    }
    await nextTurn();
  }
  return Float32Array.from(sums);
}
