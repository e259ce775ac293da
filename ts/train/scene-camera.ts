import { openCubeSource } from '../data/cache/index.js';
import type { Scene } from '../data/index.js';
import {
  type Camera,
  type CameraResponse,
  type CameraSteps,
  type CubeRows,
  linearPicture,
  linearResponse,
  litResponse,
  readCamera,
  type SeenCube,
  samplerSteps,
  takePicture,
} from '../degrade/index.js';
import { ConfigError } from '../errors.js';
import type { RunOptions } from './run-options.js';

/** The camera of a run's scenes. */
export interface SceneCamera {
  camera: Camera;
  /** What the native sampler does of each patch, noise drawn anew; null where pictures are taken of whole scenes, once. */
  sampler: CameraSteps | null;
  /** The linear part, through which the unsupervised loss re-projects; null for supervised runs. */
  linear: CameraResponse | null;
  notices: string[];
}

/** The camera that a run asks for, or null.
 * @throws {ConfigError} `CONFIG_*` of the camera; `CONFIG_CONFLICT` for exposure `auto` or brightness `mean` in unsupervised training. */
export async function readSceneCamera({ camera, response }: RunOptions): Promise<Camera | null> {
  return camera === undefined ? null : readCamera(camera, { response });
}

/** The camera at the bands of the scenes.
 * @throws {ConfigError} `CONFIG_CONFLICT` for scenes without cubes. */
export function sceneCamera(
  camera: Camera,
  { paradigm, data }: RunOptions,
  hasCubes: boolean,
  cube: SeenCube,
): SceneCamera {
  if (!hasCubes) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `option 'camera' has no effect: ${data} holds pictures alone, and a camera makes them of cubes`,
    );
  }
  const linear = paradigm === 'unsupervised' ? linearResponse(camera, cube) : null;
  const sampler = samplerSteps(camera, litResponse(camera, cube));
  const notices = [
    ...(sampler === null ? [onceNotice(camera)] : []),
    ...(linear !== null && camera.settings.clip && whiteOf(linear) > 1 + 1e-6
      ? [clipNotice(camera, linear)]
      : []),
  ];
  return { camera, sampler, linear, notices };
}

function onceNotice({ name }: Camera): string {
  return `camera '${name}': the RGB of each scene is made once, before the first step; its noise is the same in every epoch`;
}

/** The loss re-projects without clipping: a clamp would stop the gradient of every pixel beyond it. */
function clipNotice({ name }: Camera, linear: CameraResponse): string {
  return (
    `camera '${name}': white is ${whiteOf(linear).toFixed(2)} before clipping; where pictures are clipped, the loss holds the ` +
    'unclipped re-projection against 1, which darkens the brightest pixels: a lower exposure avoids it'
  );
}

/** What the brightest channel makes of a spectrum of ones. */
function whiteOf({ table }: CameraResponse): number {
  const sums = [0, 1, 2].map((channel) =>
    table.reduce((sum, value, i) => (i % 3 === channel ? sum + value : sum), 0),
  );
  return Math.max(...sums) / 255;
}

/** A picture's values as a store takes them. */
export interface TakenPicture {
  height: number;
  width: number;
  values: Uint8Array | Uint16Array | Float32Array;
  /** Divides them to [0, 1]. */
  scale: number;
}

/** The picture that a camera takes of a scene: linear values, a tone curve undone, `[3, height, width]`. The seed and the scene's name
 * choose its noise. The cube is read again, rows at a time.
 * @throws {DataError} the readers' errors. */
export async function scenePicture(
  scene: Scene,
  camera: Camera,
  how: { seed: number; signal: AbortSignal | undefined },
): Promise<TakenPicture> {
  const { wavelengths } = await scene.info();
  const source = await openCubeSource(scene);
  const { bands, height, width, scale: fullScale } = source;
  const read: CubeRows['read'] = async (rows) => {
    const { values, start: offset, bandStep: stride } = await source.read(rows.row, rows.height);
    return { values, offset, stride };
  };
  const cube = { name: scene.name, bands, height, width, wavelengths, fullScale, read };
  const picture = await takePicture(camera, cube, how).finally(() => source.close?.());
  const { data, fullScale: scale } = picture;
  if (camera.settings.curve === 'linear') return { height, width, values: data, scale };
  return { height, width, values: await linearPicture(picture, camera.settings), scale: 1 };
}
