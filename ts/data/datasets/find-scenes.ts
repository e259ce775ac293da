import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { DataError } from '../../errors.js';
import { fileError } from '../../io/file.js';
import { findSeriesFolder, listNames, seriesNames } from '../formats/pictures/band-files.js';
import { enviDataEndings, enviHeaderBeside } from '../formats/envi/envi-files.js';
import { cubeInfo, formatOf, formats } from '../formats/index.js';
import { firstBytesOf, imageExtensions, isImage } from '../formats/pictures/rgb-image.js';
import { pixelFacts } from '../formats/pictures/pixels.js';

/** Where a scene's files are. */
export interface FoundScene {
  name: string;
  cube: string | null;
  rgb: string | null;
}

/** Data files of ENVI are found by their headers: without one, such an ending says nothing. */
const cubeExtensions = new Set(
  formats.flatMap(({ extensions }) => extensions).filter((ending) => !enviDataEndings.includes(ending)),
);

function isNamedLike(name: string, extensions: Iterable<string>): boolean {
  return [...extensions].includes(extname(name).toLowerCase());
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError('DATA', path, cause);
  }
}

/** Numbered pictures are the bands of a cube when they are named after their folder, or are grey: numbered photos are
 * neither. */
async function bandFolder(folder: string): Promise<string | null> {
  const found = await findSeriesFolder(folder);
  if (found === null) return null;
  const series = seriesNames(found.names);
  const stem = sceneStem(basename(resolve(folder)));
  if (series.some((name) => name !== '' && sceneStem(name) === stem)) return found.folder;
  const [prefix = ''] = series;
  const first = found.names.find((name) => name.startsWith(prefix) && /\d\.png$/i.test(name)) ?? '';
  const { channels } = await pixelFacts(join(found.folder, first));
  return channels === 1 ? found.folder : null;
}

const endings = /[_-](rgb|clean|realworld|ms|hs|hsi|msi|spec|cube)$/i;

/** What a cube's file and its picture have in common: the name without ending and without words for the kind of file. */
export function sceneStem(file: string): string {
  const known = isNamedLike(file, [...cubeExtensions, ...imageExtensions]);
  let stem = known ? basename(file, extname(file)) : basename(file);
  while (endings.test(stem)) stem = stem.replace(endings, '');
  return stem.toLowerCase();
}

async function scenesOfFile(path: string): Promise<FoundScene[]> {
  const name = basename(path, extname(path));
  if (isImage(await firstBytesOf(path)) && (await formatOf(path)) === null)
    return [{ name, cube: null, rgb: path }];
  return [{ name, cube: path, rgb: null }];
}

/** A TIFF can be a cube or a picture; with more channels than a picture has it is a cube. */
const mostChannels = 4;

async function isCubeFile(folder: string, name: string): Promise<boolean> {
  if (!isNamedLike(name, cubeExtensions)) return false;
  if (!isNamedLike(name, imageExtensions)) return true;
  return cubeInfo(join(folder, name)).then(
    ({ bands }) => bands > mostChannels,
    () => false,
  );
}

/** Names that stand for a cube of their own: neither the data file beside a header (ENVI), nor a map of classes beside its
 * scene (`PaviaU_gt.mat`). */
function ownNames(names: readonly string[]): string[] {
  const stem = (name: string): string => basename(name, extname(name)).toLowerCase();
  const isMap = (name: string): boolean => {
    const scene = /^(.+)_gt$/.exec(stem(name))?.[1];
    return scene !== undefined && names.some((other) => other !== name && stem(other).startsWith(scene));
  };
  return names.filter((name) => enviHeaderBeside(name, names) === undefined && !isMap(name));
}

/** Scenes of a folder: itself one (band pictures), or holding some (folders of band pictures, cube files); a folder
 * with pictures alone is a set of pictures. */
async function scenesOfFolder(folder: string): Promise<FoundScene[]> {
  const own = await bandFolder(folder);
  if (own !== null) return [{ name: basename(resolve(folder)), cube: folder, rgb: null }];
  const all = await listNames(folder);
  const names = ownNames(all);
  const scenes: FoundScene[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const cube = (await isCubeFile(folder, name))
      ? basename(name, extname(name))
      : (await isFolder(path)) && (await bandFolder(path)) !== null
        ? name
        : null;
    if (cube !== null) scenes.push({ name: cube, cube: path, rgb: null });
  }
  if (scenes.length > 0) return scenes;
  const pictures = names.filter((name) => isNamedLike(name, imageExtensions));
  return pictures.map((name) => ({
    name: basename(name, extname(name)),
    cube: null,
    rgb: join(folder, name),
  }));
}

/** The scenes of a file or folder.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT` when there are none. */
export async function findScenes(path: string): Promise<FoundScene[]> {
  const scenes = (await isFolder(path)) ? await scenesOfFolder(path) : await scenesOfFile(path);
  if (scenes.length > 0) return scenes;
  throw new DataError(
    'DATA_FORMAT',
    `${path}: no scenes in it; expected folders of band pictures (CAVE), cube files (${[...cubeExtensions].join(', ')}) ` +
      `or pictures (${imageExtensions.join(', ')})`,
  );
}

/** Pictures that may belong to a cube: in its own folder of bands, or beside it, or in the folders given. */
async function picturesFor(cube: string, rgbFolders: readonly string[]): Promise<string[]> {
  const pictures: string[] = [];
  for (const folder of rgbFolders) {
    const names = (await listNames(folder)).filter((name) => isNamedLike(name, imageExtensions));
    pictures.push(...names.map((name) => join(folder, name)));
  }
  if (rgbFolders.length > 0) return pictures.filter((picture) => resolve(picture) !== resolve(cube));
  const series = (await isFolder(cube)) ? await findSeriesFolder(cube) : null;
  const folder = series?.folder ?? dirname(cube);
  const names = await listNames(folder);
  const bands = series === null ? [] : seriesNames(names);
  const isBand = (name: string) =>
    bands.some((prefix) => name.startsWith(prefix) && /[_-]?\d+\.png$/i.test(name));
  return names
    .filter((name) => isNamedLike(name, imageExtensions) && !isBand(name))
    .map((name) => join(folder, name))
    .filter((picture) => resolve(picture) !== resolve(cube)); // a TIFF can be a cube
}

function foldersOf(rgbFolder: string | readonly string[] | undefined): readonly string[] {
  return rgbFolder === undefined ? [] : typeof rgbFolder === 'string' ? [rgbFolder] : rgbFolder;
}

/** Gives each cube the picture of the same stem.
 * @throws {DataError} `DATA_PAIR_MISSING`, `DATA_PAIR_AMBIGUOUS`, naming the scene. */
export async function pairScenes(
  scenes: readonly FoundScene[],
  rgbFolder?: string | readonly string[],
): Promise<FoundScene[]> {
  const folders = foldersOf(rgbFolder);
  const paired: FoundScene[] = [];
  for (const scene of scenes) {
    if (scene.cube === null) {
      paired.push(scene);
      continue;
    }
    const pictures = await picturesFor(scene.cube, folders);
    const stem = sceneStem(scene.cube);
    const [rgb, ...others] = pictures.filter((picture) => sceneStem(picture) === stem);
    if (rgb === undefined) {
      throw new DataError(
        'DATA_PAIR_MISSING',
        `scene '${scene.name}': no picture named '${stem}' among the ${pictures.length} in ${folders.join(', ') || dirname(scene.cube)}; ` +
          'cubes and pictures are paired by name',
      );
    }
    if (others.length > 0) {
      const list = [rgb, ...others].map((file) => basename(file)).join(', ');
      throw new DataError(
        'DATA_PAIR_AMBIGUOUS',
        `scene '${scene.name}': several pictures can be its own: ${list}`,
      );
    }
    paired.push({ ...scene, rgb });
  }
  return paired;
}

/** Gives each cube the picture of the same stem, where there is exactly one. */
export async function pairPresent(
  scenes: readonly FoundScene[],
  rgbFolder?: string | readonly string[],
): Promise<FoundScene[]> {
  const folders = foldersOf(rgbFolder);
  const paired: FoundScene[] = [];
  for (const scene of scenes) {
    const pictures = scene.cube === null ? [] : await picturesFor(scene.cube, folders);
    const stem = sceneStem(scene.cube ?? '');
    const [rgb, ...others] = pictures.filter((picture) => sceneStem(picture) === stem);
    paired.push(rgb === undefined || others.length > 0 ? scene : { ...scene, rgb });
  }
  return paired;
}
