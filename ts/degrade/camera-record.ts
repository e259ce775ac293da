import { cameraTable } from '../config/camera-options.js';
import { checkValues, defaultsOf } from '../config/validate.js';
import { DataError } from '../errors.js';
import type { Camera, CameraSettings } from './camera-config.js';
import { linearResponse, type SeenCube } from './camera-linear.js';
import { illuminantNamed, measuredIlluminant } from './illuminant.js';
import { type CameraResponse, responseFor, responseFromRecord } from './response.js';

/** A camera without its response as plain JSON, for checkpoints; the response stands beside it. */
export interface CameraRecord {
  name: string;
  settings: Partial<CameraSettings>;
  illuminant: { name: string; measured: { wavelengths: number[]; power: number[] } | null } | null;
}

/** What a checkpoint records of a camera. Equal cameras have records that are equal but for the name, whatever files they came from. */
export function cameraRecord({ name, light, settings }: Camera): CameraRecord {
  const names = (Object.keys(settings) as (keyof CameraSettings)[]).sort();
  const known = names.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]);
  return {
    name,
    settings: Object.fromEntries(known) as Partial<CameraSettings>,
    illuminant: light === null ? null : { name: light.name, measured: light.measured },
  };
}

/** The camera that {@link cameraRecord} wrote.
 * @throws {DataError} `DATA_RESPONSE` when the record is not one. */
export function cameraFromRecord(record: CameraRecord, response: CameraResponse): Camera {
  const { name, settings, illuminant: light } = record;
  try {
    const given = checkValues(cameraTable, settings, { kind: 'file', file: 'the checkpoint' });
    const lit =
      light === null
        ? null
        : light.measured === null
          ? illuminantNamed(light.name)
          : measuredIlluminant(light.name, light.measured.wavelengths, light.measured.power);
    return {
      name,
      response,
      light: lit,
      settings: { ...defaultsOf(cameraTable), ...given } as CameraSettings,
    };
  } catch (cause) {
    throw new DataError('DATA_RESPONSE', 'the record of the camera in the checkpoint is damaged', { cause });
  }
}

/** What a checkpoint says of the RGB that its network was trained on. */
export interface RecordedRgb {
  /** As `responseRecord` wrote it: at the bands of the training, without light. */
  response: unknown;
  /** Absent: RGB was the projection alone. */
  camera?: CameraRecord | null | undefined;
}

/** The response that a network's training saw cubes through, at the bands of the training, for photos: light, gains and matrix folded
 * in, but no exposure or brightness, since a photo has its own; its white counts as 1.
 * @throws {DataError} `DATA_RESPONSE` for a damaged record. */
export function recordedResponse({ response, camera }: RecordedRgb): CameraResponse {
  const own = responseFromRecord(response);
  if (camera === null || camera === undefined) return own;
  const { settings, ...rest } = cameraFromRecord(camera, own);
  const { wavelengths, name } = own;
  return linearResponse(
    { ...rest, settings: { ...settings, exposure: 1, brightness: 1 } },
    { name, bands: wavelengths.length, wavelengths },
  );
}

/** The same for a cube, at its own bands, with exposure and brightness; those that follow from the scene count as 1.
 * @throws {DataError} `DATA_RESPONSE`, `DATA_WAVELENGTHS`, `DATA_WAVELENGTH_RANGE`. */
export function seenResponse({ response, camera }: RecordedRgb, cube: SeenCube): CameraResponse {
  const own = responseFromRecord(response);
  if (camera === null || camera === undefined) return responseFor(own, cube);
  const { settings, ...rest } = cameraFromRecord(camera, own);
  const exposure = typeof settings.exposure === 'number' ? settings.exposure : 1;
  const brightness = typeof settings.brightness === 'number' ? settings.brightness : 1;
  return linearResponse({ ...rest, settings: { ...settings, exposure, brightness } }, cube);
}
