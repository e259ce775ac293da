import { DataError } from '../../errors.js';
import { type FingerprintMode, fingerprintFiles } from '../fingerprint.js';
import { type FoundScene, findScenes, pairPresent, pairScenes } from './find-scenes.js';
import type { PublishedSet } from './published.js';
import { publishedSet, type RecognisedSet, recogniseDataset, recognisedWords } from './registry.js';
import { Scene, type SceneReadOptions } from './scene.js';

/** How a data set is opened. */
export interface DatasetOptions extends SceneReadOptions {
  /** Where the RGB of a cube comes from: `simulated` from the cube (default), `files` of the same name, or `present`: files for the
   * cubes that have exactly one of their name. */
  rgb?: 'simulated' | 'files' | 'present';
  /** Folders of the pictures, when they are not beside the cubes. Implies `rgb: 'files'`. */
  rgbFolder?: string | readonly string[];
  /** The published data set that the files are of, for what they do not say themselves (wavelengths, full scale): its id,
   * `auto` (default: told by the layout), or `none`. */
  dataset?: string;
}

/** The scenes of one or more files and folders, in the order of the paths and of the names in them. */
export class Dataset {
  constructor(
    readonly scenes: readonly Scene[],
    /** What was recognised, for people. */
    readonly notices: readonly string[] = [],
  ) {}

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

interface KnownScene extends FoundScene {
  set: PublishedSet | null;
}

/** The scenes of a folder that is none of a known layout. */
async function plainScenes(
  path: string,
  named: PublishedSet | null,
  options: DatasetOptions,
): Promise<KnownScene[]> {
  const found = await findScenes(path);
  return (await paired(found, options)).map((scene) => ({ ...scene, set: named }));
}

async function paired(
  found: readonly FoundScene[],
  { rgb, rgbFolder }: DatasetOptions,
  pictures?: string,
): Promise<readonly FoundScene[]> {
  const folder = rgbFolder ?? pictures;
  if (rgb === 'present') return pairPresent(found, folder);
  return rgbFolder !== undefined || rgb === 'files' ? pairScenes(found, folder) : found;
}

/** The scenes of a folder of a known layout; cubes are paired with the pictures of the sibling folder of choice. */
async function knownScenes(recognised: RecognisedSet, options: DatasetOptions): Promise<KnownScene[]> {
  const { set, folders, files, names } = recognised;
  const known = new Set(names);
  const scenes: KnownScene[] = [];
  for (const { path, pictures } of folders) {
    const places = files ?? [path];
    for (const place of places) {
      const found = await paired(await findScenes(place), options, pictures[0]);
      scenes.push(...found.map((scene) => ({ ...scene, set: known.has(scene.name) ? set : null })));
    }
  }
  return scenes;
}

async function recognise(path: string, dataset: string): Promise<RecognisedSet | null> {
  if (dataset === 'none') return null;
  const found = await recogniseDataset(path);
  return dataset === 'auto' || found?.set.id === dataset ? found : null;
}

/** Opens a data set: a cube or picture file; a folder of band pictures (CAVE; also nested in a folder of its name); a
 * folder of such folders; of cube files; of pictures; a published data set as it is downloaded; or several of these. Nothing
 * but names is read; `notices` of the answer say what was recognised.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT`, `DATA_SCENE_DUPLICATE`, `DATA_PAIR_MISSING`,
 * `DATA_PAIR_AMBIGUOUS`. @throws {ConfigError} `CONFIG_VALUE` for a data set that is not known. */
export async function openDataset(
  paths: string | readonly string[],
  options: DatasetOptions = {},
): Promise<Dataset> {
  const { rgb: _, rgbFolder: __, dataset = 'auto', ...read } = options;
  const named = dataset === 'auto' || dataset === 'none' ? null : publishedSet(dataset);
  const found: KnownScene[] = [];
  const notices: string[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const recognised = await recognise(path, dataset);
    if (recognised === null) found.push(...(await plainScenes(path, named, options)));
    else {
      found.push(...(await knownScenes(recognised, options)));
      notices.push(`${path}: ${recognisedWords(recognised)}`);
    }
  }
  if (found.length === 0) throw new DataError('DATA_MISSING', 'no data was named');
  refuseTwins(found);
  return new Dataset(
    found.map(({ name, cube, rgb, set }) => new Scene(name, cube, rgb, read, set)),
    notices,
  );
}
