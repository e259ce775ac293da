import { ConfigError } from '../errors.js';
import type { CameraSteps } from './camera.js';
import type { Camera } from './camera-config.js';
import { lightResponse } from './illuminant.js';
import { type CameraResponse, channels, responseFor } from './response.js';

/** The cube that a camera looks at, as far as the response must know it. */
export interface SeenCube {
  name: string;
  bands: number;
  wavelengths: readonly number[] | null;
}

/** The response of a camera at a cube's bands, under its light, before exposure.
 * @throws {DataError} `DATA_WAVELENGTHS`, `DATA_WAVELENGTH_RANGE`, `DATA_ILLUMINANT`. */
export function litResponse({ response, light, settings }: Camera, cube: SeenCube): CameraResponse {
  const at = responseFor(response, cube);
  return light === null ? at : lightResponse(at, light, { whiteBalance: settings.whiteBalance });
}

/** The linear part of a camera as one table: light, exposure, gains, matrix and brightness folded into the response, so that
 * rgb = table^T y / 255 wherever nothing is clipped. A loss that projects a cube through it is differentiable in the cube by
 * construction.
 * @throws {ConfigError} `CONFIG_CONFLICT` for exposure `auto` and brightness `mean`, which are other factors in each image. */
export function linearResponse(camera: Camera, cube: SeenCube): CameraResponse {
  const { exposure = 1, gains, matrix, brightness = 1 } = camera.settings;
  if (exposure === 'auto') throw noSingleFactor(camera, "exposure 'auto'");
  if (brightness === 'mean') throw noSingleFactor(camera, "brightness 'mean'");
  const lit = litResponse(camera, cube);
  const factors = gains ?? [1, 1, 1];
  const mixing = matrix ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const table = lit.table.map((_, i) => {
    const [row, channel] = [Math.floor(i / channels), i % channels];
    let sum = 0;
    for (let k = 0; k < channels; k++) {
      sum += (mixing[channel * channels + k] ?? 0) * (factors[k] ?? 1) * (lit.table[row * channels + k] ?? 0);
    }
    return exposure * brightness * sum;
  });
  return { ...lit, table };
}

function noSingleFactor({ name }: Camera, step: string): ConfigError {
  return new ConfigError(
    'CONFIG_CONFLICT',
    `camera '${name}': ${step} is another factor in each image, and no single re-projection is right; expected a number`,
  );
}

const sensorSteps = [
  'electrons',
  'meanElectrons',
  'readElectrons',
  'mosaic',
  'gains',
  'matrix',
  'brightness',
  'jpeg',
] as const;

/** The steps of a camera that the native sampler takes, which draws noise anew for each patch; null where the camera has others
 * (automatic exposure, shot noise, mosaic, colour correction, brightness, a tone curve, rounding down, JPEG). Clipping alone is done by rounding to 16 bits.
 * @param response what {@link litResponse} gave. */
export function samplerSteps({ settings }: Camera, response: CameraResponse): CameraSteps | null {
  const { exposure, readNoise, clip, bits, depth, curve, rounding } = settings;
  if (sensorSteps.some((name) => settings[name] !== undefined)) return null;
  if (
    rounding === 'down' ||
    exposure === 'auto' ||
    curve !== 'linear' ||
    (bits !== undefined && depth !== undefined)
  )
    return null;
  const rounded = bits ?? depth;
  if (!clip && rounded !== undefined) return null;
  return {
    response,
    ...(exposure === undefined ? {} : { exposure }),
    ...(readNoise === undefined ? {} : { noise: readNoise }),
    ...(clip ? { bits: rounded ?? 16 } : {}),
  };
}
