import { onlyGiven } from '../config/only-given.js';
import {
  type Dataset,
  heldBackPlan,
  namedSplit,
  openDataset,
  type PatchArea,
  type Scene,
  splitArea,
  splitByArea,
  splitByFile,
  splitScenes,
} from '../data/index.js';
import {
  type BlurKernel,
  blurOf,
  type CameraResponse,
  cameraResponse,
  responseFor,
} from '../degrade/index.js';
import { DataError } from '../errors.js';
import { type NativeSceneStore, native } from '../native/index.js';
import { scaleOf } from './model-check.js';
import { chooseShelf } from './choose-shelf.js';
import { type RunOptions, readSizeFactors } from './run-options.js';
import type { SceneShelf } from './scene-shelf.js';
import { readSceneCamera, type SceneCamera, sceneCamera } from './scene-camera.js';

const usualBands = 31;

/** The data of a run, decoded and split. */
export interface TrainingData {
  store: NativeSceneStore;
  /** Bands of the cubes, or of the camera response where there are only images. */
  bands: number;
  wavelengths: number[] | null;
  hasCubes: boolean;
  /** The camera response at the bands, without light; null for a spatial network. */
  camera: CameraResponse | null;
  /** What the camera does beside it; null where RGB is the projection alone. */
  sceneCamera: SceneCamera | null;
  /** Blur of the low-resolution cubes of a spatial network; null without. */
  kernel: BlurKernel | 'point-spread' | null;
  fingerprint: string;
  training: PatchArea[];
  heldBack: PatchArea[];
  /** Patches of a validation. */
  validationPlan: Int32Array;
  scenes: { training: number; heldBack: number };
  notices: string[];
  /** Gives the memory back, and the files of the cache. */
  close(): Promise<void>;
}

/** Reads all scenes into a native store, in their stored type or mapped from the cache, and splits them.
 * @throws {DataError} `DATA_*`, naming the scene. */
export async function openTrainingData(options: RunOptions, signal?: AbortSignal): Promise<TrainingData> {
  const kernel = options.kernel === undefined ? null : await blurOf(options.kernel);
  const asked = await readSceneCamera(options);
  const dataset = await openScenes(options);
  const named = await namedScenes(dataset.scenes, options);
  const { bands, wavelengths, hasCubes } = await sharedFacts(dataset.scenes, options);
  const seen = { name: options.data, bands: bands ?? usualBands, wavelengths };
  const own = asked?.response ?? (await cameraResponse(options.response));
  const camera = options.task === 'spatial' ? null : responseFor(own, seen);
  const optics = asked === null ? null : sceneCamera(asked, options, hasCubes, seen);
  const { shelf, notice } = await chooseShelf(dataset.scenes, options);
  const store = native().createSceneStore();
  const close = (): Promise<void> => {
    store.dispose();
    return shelf.close();
  };
  try {
    const areas: PatchArea[] = [];
    for (const scene of dataset.scenes) {
      signal?.throwIfAborted();
      areas.push(await addScene({ store, shelf }, scene, options, { camera, optics, signal }));
    }
    const { training: whole, heldBack, notices } = split(areas, options, named);
    const training = camera === null ? await atAllSizes({ store, shelf }, whole, options) : whole;
    const { valPatches: count, seed } = options;
    const patch = options.patch * scaleOf(options);
    return {
      store,
      bands: camera?.wavelengths.length ?? bands ?? usualBands,
      wavelengths: wavelengths ?? camera?.wavelengths ?? null,
      hasCubes,
      camera,
      sceneCamera: optics,
      kernel,
      fingerprint: await dataset.fingerprint(),
      training,
      heldBack,
      validationPlan: heldBackPlan({ scenes: heldBack, patch, count, seed }),
      scenes: { training: whole.length, heldBack: heldBack === whole ? 0 : heldBack.length },
      notices: [
        ...dataset.notices,
        ...(notice === null ? [] : [notice]),
        ...(optics?.notices ?? []),
        ...notices,
      ],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function openScenes({
  data,
  rgb,
  rgbKind,
  variable,
  axes,
  fullScale,
  dataset,
  rgbFolder,
}: RunOptions): Promise<Dataset> {
  return openDataset(data, {
    rgb,
    rgbKind,
    ...onlyGiven({ variable, axes, fullScale, dataset, rgbFolder }),
  });
}

/** What all scenes must agree on, found from their headers before any values are read. */
async function sharedFacts(
  scenes: readonly Scene[],
  { paradigm, data, task }: RunOptions,
): Promise<{ bands: number | null; wavelengths: number[] | null; hasCubes: boolean }> {
  const cubes = scenes.filter(({ kind }) => kind !== 'rgb');
  if (paradigm === 'supervised' && cubes.length < scenes.length) {
    const without = scenes.find(({ kind }) => kind === 'rgb');
    throw new DataError(
      'DATA_SCENE_KIND',
      `${data}: scene '${without?.name}' is a picture without a cube; ${task === 'spatial' ? 'super-resolution is trained on cubes' : 'supervised training needs cubes, --paradigm unsupervised trains on pictures'}`,
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

/** Where scenes go. */
interface Storage {
  store: NativeSceneStore;
  shelf: SceneShelf;
}

/** What a scene is seen through. */
interface SeenBy {
  /** Null for a spatial network. */
  camera: CameraResponse | null;
  optics: SceneCamera | null;
  signal: AbortSignal | undefined;
}

async function addScene(
  { store, shelf }: Storage,
  scene: Scene,
  { rgb, rgbKind, seed }: RunOptions,
  { camera, optics, signal }: SeenBy,
): Promise<PatchArea> {
  const cube = scene.kind === 'rgb' ? undefined : await shelf.cube(scene);
  const pictured = camera !== null && (rgb === 'files' || cube === undefined);
  const photo = pictured ? await shelf.picture(scene, rgbKind, camera) : undefined;
  const taken = optics !== null && optics.sampler === null;
  const picture = taken ? await shelf.taken(scene, optics.camera, { seed, signal }) : photo;
  const { height, width } = cube ?? picture ?? { height: 0, width: 0 };
  const number = store.add({
    name: scene.name,
    height,
    width,
    ...(cube === undefined ? {} : { cube: cube.plane }),
    ...(picture === undefined ? {} : { rgb: picture.plane }),
  });
  return { scene: number, name: scene.name, height, width };
}

/** The scenes to train on at each of the sizes, those at another size than their own as further scenes of the store. A size at which
 * a patch does not fit is left out. */
async function atAllSizes(
  { store, shelf }: Storage,
  areas: readonly PatchArea[],
  options: RunOptions,
): Promise<PatchArea[]> {
  const patch = options.patch * scaleOf(options);
  const result: PatchArea[] = [];
  for (const factor of readSizeFactors(options.sizeFactors)) {
    for (const area of areas) {
      const [height, width] = [Math.ceil(area.height * factor), Math.ceil(area.width * factor)];
      if (height < patch || width < patch) continue;
      if (factor === 1) {
        result.push(area);
        continue;
      }
      const { scene = 0, row = 0, column = 0, name } = area;
      const corners = { row, column, height: area.height, width: area.width };
      result.push({
        scene: await shelf.resized(store, { scene, name: name ?? '', area: corners, factor }),
        height,
        width,
        ...(name ? { name } : {}),
      });
    }
  }
  if (result.length === 0) {
    const sides = areas.map(({ height, width }) => `${height}x${width}`);
    throw new DataError(
      'DATA_PATCH_TOO_LARGE',
      `${options.data}: no scene can hold a patch of ${patch}x${patch} pixels (patch ${options.patch} at scale ${scaleOf(options)}); the sizes are ${[...new Set(sides)].join(', ')}`,
    );
  }
  return result;
}

/** Names of the scenes to hold back, where a file lists them.
 * @throws {DataError} as {@link splitByFile}; `DATA_PLAN_EMPTY` where it lists all of them. */
async function namedScenes(
  scenes: readonly Scene[],
  { split: file }: RunOptions,
): Promise<ReadonlySet<string> | null> {
  if (file === undefined || namedSplit(file)?.areas !== undefined) return null;
  const { named, others } = await splitByFile(scenes, file);
  if (others.length > 0) return new Set(named.map(({ name }) => name));
  throw new DataError(
    'DATA_PLAN_EMPTY',
    `${file} names all ${scenes.length} scenes; none is left to train on`,
  );
}

function split(
  areas: PatchArea[],
  options: RunOptions,
  named: ReadonlySet<string> | null,
): { training: PatchArea[]; heldBack: PatchArea[]; notices: string[] } {
  if (named !== null) {
    const isNamed = ({ name = '' }: PatchArea): boolean => named.has(name);
    const training = areas.filter((area) => !isNamed(area));
    return { training, heldBack: areas.filter(isNamed), notices: [] };
  }
  const { valFraction, seed } = options;
  const patch = options.patch * scaleOf(options);
  const rule = options.split === undefined ? undefined : namedSplit(options.split);
  if (rule !== undefined) {
    const { train, validation } = splitByArea(areas, rule, { share: valFraction, patch });
    return { training: train, heldBack: validation, notices: [`held back: ${rule.title}`] };
  }
  if (valFraction === 0) {
    const notices = ['nothing is held back: best.safetensors is chosen on training patches'];
    return { training: areas, heldBack: areas, notices };
  }
  const [only] = areas;
  if (areas.length === 1 && only !== undefined) {
    const { train, validation } = splitArea(only, { share: valFraction, patch });
    return { training: train, heldBack: validation, notices: ['one scene: a strip of it is held back'] };
  }
  const { train, validation } = splitScenes(areas, { validation: valFraction, seed });
  return { training: train, heldBack: validation, notices: [] };
}
