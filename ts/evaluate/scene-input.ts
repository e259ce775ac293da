import type { CubeData, Scene } from '../data/index.js';
import { type CameraResponse, cameraResponse, responseFor, responseFromRecord } from '../degrade/index.js';
import { DataError } from '../errors.js';
import { type NativeTensor, native } from '../native/index.js';
import type { SourceImage } from '../reconstruct/network.js';
import type { OpenNetwork } from '../reconstruct/open-network.js';
import { cubeSource, photoSource, stretched } from '../reconstruct/sources.js';
import type { SceneJob } from './scene-job.js';
import type { ShownScene } from './scene-pictures.js';
import { sourcePicture } from './source-picture.js';
import { cameraView } from './view-table.js';

/** A scene, read: what the network is shown, and what it should answer: `[bands, height, width]`, float32, scaled to [0, 1];
 * `wavelengths` are those of the cube or else of the training. */
export interface OpenScene extends ShownScene {
  name: string;
  image: SourceImage;
}

/** Reads a scene and makes its RGB as the checkpoint's training data had it: simulated with its response (or another one by
 * option), or from the picture beside the cube.
 * @throws {DataError} `DATA_BANDS` when the network makes another number of bands. */
export async function openScene(scene: Scene, { network, options }: SceneJob): Promise<OpenScene> {
  const cube = await scene.readCube();
  if (cube.bands !== network.bands) {
    throw new DataError(
      'DATA_BANDS',
      `scene '${scene.name}' has ${cube.bands} bands, the checkpoint's network makes ${network.bands}`,
    );
  }
  const response = await responseOf(cube, network, options.response);
  const files = options.rgb === 'files';
  const { kind } = network.facts.rgb;
  const image = files
    ? photoSource(await scene.readRgb(), kind, response, network.device)
    : cubeSource(cube, response, network.device);
  try {
    const seen = network.facts.rgb.range === 'stretched' ? await stretched(image) : image;
    const truth = await truthOf(cube);
    const wavelengths = cube.wavelengths ?? network.facts.wavelengths;
    return {
      name: scene.name,
      image: seen,
      truth,
      wavelengths,
      input: () => sourcePicture(seen, cameraView(response)),
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

/** The camera at the cube's bands; a cube that does not name its wavelengths has those of the training. */
async function responseOf(
  cube: CubeData,
  { facts }: OpenNetwork,
  asked: string | undefined,
): Promise<CameraResponse> {
  const response = asked === undefined ? responseFromRecord(facts.rgb.response) : await cameraResponse(asked);
  const wavelengths = cube.wavelengths ?? facts.wavelengths;
  if (wavelengths === null && response.wavelengths.length === cube.bands) return response;
  return responseFor(response, { name: cube.name, bands: cube.bands, wavelengths });
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
