import { DataError } from '../../errors.js';
import { type FingerprintMode, fingerprintFiles } from '../fingerprint.js';
import { type FoundScene, findScenes, pairScenes } from './find-scenes.js';
import { Scene, type SceneReadOptions } from './scene.js';

/** How a data set is opened. */
export interface DatasetOptions extends SceneReadOptions {
  /** Where the RGB of a cube comes from: `simulated` from the cube (default), or `files` of the same name. */
  rgb?: 'simulated' | 'files';
  /** Folder of the pictures, when they are not beside the cubes. Implies `rgb: 'files'`. */
  rgbFolder?: string;
}

/** The scenes of one or more files and folders, in the order of the paths and of the names in them. */
export class Dataset {
  constructor(readonly scenes: readonly Scene[]) {}

  /** The scenes of these names, in this order.
   * @throws {DataError} `DATA_SCENE_MISSING`. */
  select(names: readonly string[]): Dataset {
    const chosen = names.map((name) => {
      const scene = this.scenes.find((candidate) => candidate.name === name);
      if (scene !== undefined) return scene;
      const known = this.scenes.map((candidate) => candidate.name).join(', ');
      throw new DataError('DATA_SCENE_MISSING', `there is no scene '${name}'; there are: ${known}`);
    });
    return new Dataset(chosen);
  }

  /** Scenes that the function keeps. */
  filter(keep: (scene: Scene) => boolean): Dataset {
    return new Dataset(this.scenes.filter(keep));
  }

  /** A hash of names and contents: `sha256-sampled:<hex>`, independent of places and order; `full` hashes every byte. */
  async fingerprint(mode: FingerprintMode = 'sampled'): Promise<string> {
    const scenes = await Promise.all(
      this.scenes.map(async (scene) => ({ name: scene.name, files: await scene.files() })),
    );
    return fingerprintFiles(scenes, mode);
  }
}

function refuseTwins(scenes: readonly FoundScene[]): void {
  const seen = new Map<string, FoundScene>();
  for (const scene of scenes) {
    const twin = seen.get(scene.name);
    if (twin !== undefined) {
      const places = [twin, scene].map(({ cube, rgb }) => cube ?? rgb).join(' and ');
      throw new DataError('DATA_SCENE_DUPLICATE', `two scenes are named '${scene.name}': ${places}`);
    }
    seen.set(scene.name, scene);
  }
}

/** Opens a data set: a cube or picture file; a folder of band pictures (CAVE; also nested in a folder of its name); a
 * folder of such folders; of cube files; of pictures; or several of these. Nothing but names is read.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT`, `DATA_SCENE_DUPLICATE`, `DATA_PAIR_MISSING`,
 * `DATA_PAIR_AMBIGUOUS`. */
export async function openDataset(
  paths: string | readonly string[],
  { rgb, rgbFolder, ...read }: DatasetOptions = {},
): Promise<Dataset> {
  const found: FoundScene[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) found.push(...(await findScenes(path)));
  if (found.length === 0) throw new DataError('DATA_MISSING', 'no data was named');
  refuseTwins(found);
  const withFiles = rgbFolder !== undefined || rgb === 'files';
  const scenes = withFiles ? await pairScenes(found, rgbFolder) : found;
  return new Dataset(scenes.map((scene) => new Scene(scene.name, scene.cube, scene.rgb, read)));
}
