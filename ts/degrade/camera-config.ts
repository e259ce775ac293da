import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { type CameraGiven, cameraPresets, cameraTable } from '../config/camera-options.js';
import type { CheckedOptions } from '../config/checked.js';
import { type Origin, checkValues, defaultsOf, nameFor } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { fileError } from '../io/file.js';
import { presetCameras } from './camera-presets.js';
import { type Illuminant, illuminant } from './illuminant.js';
import { type CameraResponse, cameraResponse, responseNames } from './response.js';

/** The steps of a camera behind its response and light, with their defaults: see `cameraTable` (ts/config) for each. */
export type CameraSettings = Omit<CheckedOptions<typeof cameraTable>, 'preset' | 'response' | 'illuminant'>;

/** A camera, its files read: how RGB is made of cubes. Steps are taken in this order: response and light, exposure, mosaic, shot
 * noise, read noise, clipping, bits of the sensor, demosaicing, gains, matrix, brightness, clipping, tone curve, depth and its rounding,
 * JPEG. */
export interface Camera {
  /** Of the preset or file; `camera` for one without. */
  name: string;
  /** As published, not yet at the bands of a cube. */
  response: CameraResponse;
  /** Null where cubes are taken as they are. */
  light: Illuminant | null;
  settings: CameraSettings;
}

/** A camera of words: a preset, JSON as text, or a JSON file; or the object that such JSON holds.
 * @param replaced a response or illuminant instead of the camera's own; `usual`: the response where none is named, default cie1964.
 * @throws {ConfigError} `CONFIG_UNKNOWN`, `CONFIG_TYPE`, `CONFIG_VALUE`, `CONFIG_FILE`, `CONFIG_CONFLICT`, `CONFIG_MISSING` where the preset has no
 * response of its own. @throws {DataError} `DATA_MISSING`, `DATA_RESPONSE`, `DATA_ILLUMINANT`.
 * @example
 * const lamp = await readCamera({ response: 'nikon-d40', illuminant: 'A', electrons: 5000, bits: 12, mosaic: 'rggb' });
 * const challenge = await readCamera('ntire2020-clean'); */
export async function readCamera(
  words: string | CameraGiven = {},
  replaced: {
    response?: string | undefined;
    illuminant?: string | undefined;
    usual?: CameraResponse | undefined;
  } = {},
): Promise<Camera> {
  const { value, origin, folder, name } = await cameraValue(words);
  const own = checkValues(cameraTable, value, origin) as CameraGiven;
  const base = own.preset === undefined ? {} : presetCameras[own.preset];
  const { preset, response, illuminant: light, ...steps } = { ...withoutRivals(base, own), ...own };
  checkSteps({ ...steps, illuminant: replaced.illuminant ?? light }, origin);
  const wanted = replaced.response ?? (response === undefined ? undefined : placed(response, folder));
  if (wanted === undefined && replaced.usual === undefined && preset === 'ntire2022') {
    throw new ConfigError(
      'CONFIG_MISSING',
      "camera 'ntire2022' needs a response: RGB_Camera_QE.csv of boazarad/NTIRE2022_spectral (GPL-3.0, so no part of hyperlift), or another " +
        `(${responseNames.join(', ')})`,
    );
  }
  const lit = replaced.illuminant ?? (light === undefined ? undefined : placed(light, folder));
  const settings = { ...defaultsOf(cameraTable), ...steps } as CameraSettings;
  return {
    name: name ?? preset ?? 'camera',
    response: wanted === undefined && replaced.usual ? replaced.usual : await cameraResponse(wanted),
    light: lit === undefined ? null : await illuminant(lit),
    settings,
  };
}

/** Whether the words name a file. */
export function isCameraFile(words: string): boolean {
  return !words.trimStart().startsWith('{') && !cameraPresets.some((preset) => preset === words);
}

interface CameraValue {
  value: unknown;
  origin: Origin;
  /** Where paths in it begin. */
  folder: string | null;
  name?: string;
}

async function cameraValue(words: string | CameraGiven): Promise<CameraValue> {
  if (typeof words !== 'string') return { value: words, origin: { kind: 'call' }, folder: null };
  if (words.trimStart().startsWith('{')) {
    const origin: Origin = { kind: 'file', file: 'the text of the camera' };
    return { value: parsed(words, origin.file), origin, folder: null };
  }
  if (!isCameraFile(words)) return { value: { preset: words }, origin: { kind: 'call' }, folder: null };
  if (!/[./\\]/.test(words)) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `'${words}' is no camera; expected ${cameraPresets.join(', ')}, a JSON file, or JSON such as {"illuminant": "A", "bits": 8}`,
    );
  }
  const text = await readFile(words, 'utf8').catch((cause) => {
    throw fileError('DATA', words, cause);
  });
  return {
    value: parsed(text, words),
    origin: { kind: 'file', file: words },
    folder: dirname(words),
    name: basename(words, extname(words)),
  };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('CONFIG_FILE', `${file}: not JSON: ${why}`, { cause });
  }
}

/** A name, or a path seen from the folder of the camera's file. */
function placed(nameOrFile: string, folder: string | null): string {
  const isFile = /[./\\]/.test(nameOrFile);
  return folder === null || !isFile || isAbsolute(nameOrFile) ? nameOrFile : join(folder, nameOrFile);
}

/** Steps that say the same in other units: one of each pair. */
const rivals = [
  ['electrons', 'meanElectrons'],
  ['readNoise', 'readElectrons'],
] as const;

/** A preset without the steps that what is given says in other units. */
function withoutRivals(base: CameraGiven, own: CameraGiven): CameraGiven {
  const replaced = new Set<string>();
  for (const [one, other] of rivals) {
    if (own[one] !== undefined) replaced.add(other);
    if (own[other] !== undefined) replaced.add(one);
  }
  return Object.fromEntries(Object.entries(base).filter(([name]) => !replaced.has(name))) as CameraGiven;
}

/** @throws {ConfigError} `CONFIG_CONFLICT` for a step that nothing comes of. */
function checkSteps(steps: Omit<CameraGiven, 'preset' | 'response'>, origin: Origin): void {
  const noElectrons = steps.electrons === undefined && steps.meanElectrons === undefined;
  const notAuto = steps.exposure !== 'auto';
  const whole = steps.depth !== undefined || steps.jpeg !== undefined;
  const idle: [name: keyof typeof steps, idle: boolean, why: string][] = [
    ['demosaic', steps.mosaic === undefined, "without 'mosaic'"],
    ['whiteBalance', steps.illuminant === undefined, "without 'illuminant'"],
    ['percentile', notAuto, "but with exposure 'auto'"],
    ['level', notAuto, "but with exposure 'auto'"],
    ['meanLevel', steps.brightness !== 'mean', "but with brightness 'mean'"],
    ['readElectrons', noElectrons, "without 'electrons' or 'meanElectrons', which tell what full scale is"],
    ['rounding', !whole, "without 'depth' or 'jpeg'"],
    ['depth', steps.depth === 16 && steps.jpeg !== undefined, 'of 16 with JPEG, which has 8 bits'],
    ...rivals.map(([one, other]): [typeof one, boolean, string] => [
      one,
      steps[other] !== undefined,
      `beside '${other}'`,
    ]),
  ];
  const found = idle.find(([name, isIdle]) => isIdle && steps[name] !== undefined);
  if (found === undefined) return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `camera: ${nameFor(cameraTable, found[0], origin)} has no effect ${found[2]}`,
  );
}
