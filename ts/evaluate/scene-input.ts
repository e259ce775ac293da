import type { CubeData, Scene } from '../data/index.js';
import {
  type Camera,
  type CameraResponse,
  cameraFromRecord,
  cameraResponse,
  linearPicture,
  linearResponse,
  readCamera,
  responseFor,
  responseFromRecord,
  rowsOfCube,
  type SeenCube,
  takePicture,
} from '../degrade/index.js';
import { DataError } from '../errors.js';
import { type NativeTensor, native } from '../native/index.js';
import type { SourceImage } from '../reconstruct/network.js';
import type { OpenNetwork } from '../reconstruct/open-network.js';
import { cubeSource, photoSource, stretched } from '../reconstruct/sources.js';
import { ignoredIn } from './scaled-values.js';
import type { SceneJob } from './scene-job.js';
import type { ShownScene } from './scene-pictures.js';
import { sourcePicture } from './source-picture.js';
import { cameraView } from './view-table.js';

/** A scene, read: what the network is shown, and what it should answer: `[bands, height, width]`, float32, scaled to [0, 1];
 * `wavelengths` are those of the cube or else of the training. */
export interface OpenScene extends ShownScene {
  name: string;
  image: SourceImage;
  /** The true value that says that there is none, where the file names one. */
  ignored?: number;
}

/** Reads a scene and makes its RGB as the checkpoint's training data had it: simulated with its response and camera (or others by
 * option), or from the picture beside the cube.
 * @throws {DataError} `DATA_BANDS` when the network makes another number of bands. */
export async function openScene(scene: Scene, { network, options }: SceneJob): Promise<OpenScene> {
  // RGB made of values that are not finite would spoil what the network sees around them.
  const finite = options.rgb !== 'files' || options.notFinite === 'refuse';
  const cube = await scene.readCube({ finite });
  if (cube.bands !== network.bands) {
    throw new DataError(
      'DATA_BANDS',
      `scene '${scene.name}' has ${cube.bands} bands, the checkpoint's network makes ${network.bands}`,
    );
  }
  const seenBy = await seenThrough(cube, network, options);
  const image = await imageOf(scene, cube, seenBy, network, options);
  try {
    const seen = network.facts.rgb.range === 'stretched' ? await stretched(image) : image;
    const truth = await truthOf(cube);
    const wavelengths = cube.wavelengths ?? network.facts.wavelengths;
    const ignored = await ignoredIn(cube);
    return {
      ...(ignored === undefined ? {} : { ignored }),
      name: scene.name,
      image: seen,
      truth,
      wavelengths,
      input: () => sourcePicture(seen, cameraView(seenBy.response)),
      captions: ['input RGB', 'reconstruction'],
    };
  } catch (error) {
    image.pixels.dispose();
    throw error;
  }
}

/** Lets go of a scene's tensors. */
export function closeScene({ image, truth }: OpenScene): void {
  image.pixels.dispose();
  truth.dispose();
}

/** What a cube is seen through. */
interface SeenBy {
  /** At the cube's bands, with the light and the linear steps of the camera. */
  response: CameraResponse;
  /** Null where RGB is the projection alone. */
  camera: Camera | null;
}

/** The camera of an option, else that of the training; a cube that does not name its wavelengths has those of the training. */
async function seenThrough(
  cube: CubeData,
  { facts }: OpenNetwork,
  { response: asked, camera: words }: SceneJob['options'],
): Promise<SeenBy> {
  const response = asked === undefined ? responseFromRecord(facts.rgb.response) : await cameraResponse(asked);
  const recorded = facts.rgb.camera;
  const camera =
    words !== undefined
      ? await readCamera(words, { response: asked, usual: response })
      : recorded === undefined
        ? null
        : cameraFromRecord(recorded, response);
  const wavelengths = cube.wavelengths ?? facts.wavelengths;
  const own = wavelengths === null && response.wavelengths.length === cube.bands;
  const seen = {
    name: cube.name,
    bands: cube.bands,
    wavelengths: own ? response.wavelengths : wavelengths,
  };
  if (camera !== null) return { camera, response: viewResponse(camera, seen) };
  return { camera, response: own ? response : responseFor(response, seen) };
}

/** For looking at: an automatic exposure counts as 1. */
function viewResponse(camera: Camera, seen: SeenCube): CameraResponse {
  const { settings } = camera;
  const exposure = settings.exposure === 'auto' ? 1 : settings.exposure;
  return linearResponse({ ...camera, settings: { ...settings, exposure } }, seen);
}

/** What the network is shown: the picture beside the cube, one that the camera takes, or the projection. */
async function imageOf(
  scene: Scene,
  cube: CubeData,
  { response, camera }: SeenBy,
  { facts, device }: OpenNetwork,
  { rgb }: SceneJob['options'],
): Promise<SourceImage> {
  if (rgb === 'files') return photoSource(await scene.readRgb(), facts.rgb.kind, response, device);
  if (camera === null) return cubeSource(cube, response, device);
  const { wavelengths } = response;
  const picture = await takePicture(camera, rowsOfCube({ ...cube, wavelengths }), { seed: seedOf(facts) });
  const data = await linearPicture(picture, camera.settings);
  const { name, height, width, origin } = cube;
  const image = { name, height, width, origin, data, dtype: 'float32', fullScale: 1 } as const;
  return photoSource({ ...image, bands: 3, wavelengths: null, kind: 'camera' }, 'camera', response, device);
}

/** The noise of an evaluation is that of the training's seed, and of each scene's name. */
function seedOf({ config }: OpenNetwork['facts']): number {
  return typeof config.seed === 'number' ? config.seed : 0;
}

/** The values of a cube scaled to [0, 1]: `[bands, height, width]`, float32, to be disposed. */
export async function truthOf({
  data,
  dtype,
  bands,
  height,
  width,
  fullScale,
}: CubeData): Promise<NativeTensor> {
  const stored = native().fromTypedArray(data, [bands, height, width], dtype, 'cpu');
  return native()
    .scaledValues(stored, fullScale)
    .finally(() => stored.dispose());
}
