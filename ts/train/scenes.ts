import {
  type CubeValues,
  type Dataset,
  heldBackPlan,
  openDataset,
  type PatchArea,
  type Scene,
  splitArea,
  splitScenes,
} from '../data/index.js';
import { type CameraResponse, cameraResponse, responseFor, toCameraSpace } from '../degrade/index.js';
import { DataError } from '../errors.js';
import { type NativeSceneStore, native } from '../native/index.js';
import type { RunOptions } from './run-options.js';

const usualBands = 31;

/** The data of a run, decoded and split. */
export interface TrainingData {
  store: NativeSceneStore;
  /** Bands of the cubes, or of the camera response where there are only images. */
  bands: number;
  wavelengths: number[] | null;
  hasCubes: boolean;
  /** The camera response at the bands. */
  camera: CameraResponse;
  fingerprint: string;
  training: PatchArea[];
  heldBack: PatchArea[];
  /** Patches of a validation. */
  validationPlan: Int32Array;
  scenes: { training: number; heldBack: number };
  notices: string[];
}

/** Reads all scenes into a native store, in their stored type, and splits them.
 * @throws {DataError} `DATA_*`, naming the scene. */
export async function openTrainingData(options: RunOptions, signal?: AbortSignal): Promise<TrainingData> {
  const dataset = await openScenes(options);
  const { bands, wavelengths, hasCubes } = await sharedFacts(dataset.scenes, options);
  const camera = await cameraAt(options, bands, wavelengths);
  const store = native().createSceneStore();
  try {
    const areas: PatchArea[] = [];
    for (const scene of dataset.scenes) {
      signal?.throwIfAborted();
      areas.push(await addScene(store, scene, options, camera));
    }
    const { training, heldBack, notices } = split(areas, options);
    const { patch, valPatches: count, seed } = options;
    return {
      store,
      bands: camera.wavelengths.length,
      wavelengths: wavelengths ?? camera.wavelengths,
      hasCubes,
      camera,
      fingerprint: await dataset.fingerprint(),
      training,
      heldBack,
      validationPlan: heldBackPlan({ scenes: heldBack, patch, count, seed }),
      scenes: { training: training.length, heldBack: heldBack === training ? 0 : heldBack.length },
      notices,
    };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

/** The camera response at the cubes' bands; for pictures alone at the field's 31 bands. */
async function cameraAt(
  { response, data }: RunOptions,
  bands: number | null,
  wavelengths: number[] | null,
): Promise<CameraResponse> {
  const table = await cameraResponse(response);
  return responseFor(table, { name: data, bands: bands ?? usualBands, wavelengths });
}

function openScenes({ data, rgb, rgbKind, variable, fullScale }: RunOptions): Promise<Dataset> {
  return openDataset(data, {
    rgb,
    rgbKind,
    ...(variable === undefined ? {} : { variable }),
    ...(fullScale === undefined ? {} : { fullScale }),
  });
}

/** What all scenes must agree on, found from their headers before any values are read. */
async function sharedFacts(
  scenes: readonly Scene[],
  { paradigm, data }: RunOptions,
): Promise<{ bands: number | null; wavelengths: number[] | null; hasCubes: boolean }> {
  const cubes = scenes.filter(({ kind }) => kind !== 'rgb');
  if (paradigm === 'supervised' && cubes.length < scenes.length) {
    const without = scenes.find(({ kind }) => kind === 'rgb');
    throw new DataError(
      'DATA_SCENE_KIND',
      `${data}: scene '${without?.name}' is a picture without a cube; supervised training needs cubes, ` +
        '--paradigm unsupervised trains on pictures',
    );
  }
  if (cubes.length > 0 && cubes.length < scenes.length) {
    throw new DataError(
      'DATA_SCENE_KIND',
      `${data}: ${cubes.length} scenes have cubes and ${scenes.length - cubes.length} are pictures alone; keep them in folders of their own`,
    );
  }
  let [bands, wavelengths, first]: [number | null, number[] | null, string] = [null, null, ''];
  for (const scene of cubes) {
    const info = await scene.info();
    if (bands === null) [bands, wavelengths, first] = [info.bands, info.wavelengths, scene.name];
    if (info.bands !== bands) {
      throw new DataError(
        'DATA_BANDS',
        `${data}: scene '${scene.name}' has ${info.bands} bands, scene '${first}' has ${bands}; all must have the same`,
      );
    }
  }
  return { bands, wavelengths, hasCubes: cubes.length > 0 };
}

async function addScene(
  store: NativeSceneStore,
  scene: Scene,
  { rgb, rgbKind }: RunOptions,
  camera: CameraResponse,
): Promise<PatchArea> {
  const cube = scene.kind === 'rgb' ? undefined : await scene.readCube();
  const picture = rgb === 'files' || cube === undefined ? await scene.readRgb() : undefined;
  const { height, width } = cube ?? picture ?? { height: 0, width: 0 };
  const number = store.add({
    name: scene.name,
    height,
    width,
    ...(cube === undefined
      ? {}
      : { cube: { values: storable(cube.data), bands: cube.bands, scale: cube.fullScale } }),
    ...(picture === undefined
      ? {}
      : { rgb: { values: await toCameraSpace(picture, rgbKind, camera), bands: 3, scale: 1 } }),
  });
  return { scene: number, name: scene.name, height, width };
}

function storable(values: CubeValues): Uint8Array | Uint16Array | Float32Array {
  const keeps =
    values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Float32Array;
  return keeps ? values : Float32Array.from(values);
}

function split(
  areas: readonly PatchArea[],
  { valFraction, seed, patch }: RunOptions,
): { training: PatchArea[]; heldBack: PatchArea[]; notices: string[] } {
  if (valFraction === 0) {
    const notices = ['nothing is held back: best.safetensors is chosen on training patches'];
    return { training: [...areas], heldBack: [...areas], notices };
  }
  const [only] = areas;
  if (areas.length === 1 && only !== undefined) {
    const { train, validation } = splitArea(only, { share: valFraction, patch });
    return { training: train, heldBack: validation, notices: ['one scene: a strip of it is held back'] };
  }
  const { train, validation } = splitScenes(areas, { validation: valFraction, seed });
  return { training: train, heldBack: validation, notices: [] };
}
