import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileError } from '../../io/file.js';
import type { Recognition, SceneFolder, ScenePart } from './published.js';

/** Names in a folder, and in the folders below it. */
export interface Listing {
  path: string;
  name: string;
  files: readonly string[];
  folders: readonly Listing[];
}

/** Folders below this level, and beyond this number of all, are not looked into: a folder of another kind may hold anything. */
const deepest = 3;
const mostFolders = 2000;

/** Lists a folder and three levels below it; hidden files are left out.
 * @throws {DataError} `DATA_MISSING`, `DATA_UNREADABLE`. */
export function listFolder(path: string): Promise<Listing> {
  return listBelow(path, deepest, { folders: mostFolders });
}

async function listBelow(path: string, depth: number, left: { folders: number }): Promise<Listing> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
    throw fileError('DATA', path, cause);
  });
  const files: string[] = [];
  const below: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const isFolder = entry.isSymbolicLink()
      ? (await stat(join(path, entry.name)).catch(() => null))?.isDirectory()
      : entry.isDirectory();
    (isFolder ? below : files).push(entry.name);
  }
  const folders: Listing[] = [];
  for (const name of depth > 0 ? below.sort() : []) {
    if (left.folders-- <= 0) break;
    const inner = join(path, name);
    folders.push(await listBelow(inner, depth - 1, left).catch(() => emptyListing(inner)));
  }
  return { path, name: basename(resolve(path)), files: files.sort(), folders };
}

function emptyListing(path: string): Listing {
  return { path, name: basename(path), files: [], folders: [] };
}

/** A file's name without its ending. */
export function stemOf(name: string): string {
  return basename(name, extname(name));
}

/** How the folders of a set with one file a scene are named. */
export interface PartFolders {
  part: ScenePart;
  /** Name of the folder with cubes. */
  cubes: RegExp;
  /** Names of the folders with its pictures, beside it; the first that is there is taken. */
  pictures?: readonly RegExp[];
}

/** How scenes of a set with one file each are told. */
export interface FileLayout {
  /** Whether a name without its ending is that of a scene. */
  isScene: (stem: string, folder: string) => boolean;
  /** Endings of cubes, lower case, with the dot. */
  endings: readonly string[];
  parts?: readonly PartFolders[];
}

function sceneNames({ files, name }: Listing, { isScene, endings }: FileLayout): string[] {
  const cubes = files.filter((file) => endings.includes(extname(file).toLowerCase()));
  const scenes = cubes.map(stemOf).filter((stem) => isScene(stem, name));
  // A few files of such names among many others are another data set.
  return scenes.length * 2 > cubes.length ? scenes : [];
}

function picturesBeside(
  siblings: readonly { name: string; path: string }[],
  wanted: readonly RegExp[] = [],
): string[] {
  return wanted.flatMap((pattern) => siblings.find(({ name }) => pattern.test(name))?.path ?? []);
}

async function siblingsOf(folder: string): Promise<{ name: string; path: string }[]> {
  const above = dirname(resolve(folder));
  const entries = await readdir(above, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => ({ name, path: join(above, name) }));
}

/** Finds the scenes of a set with one file each: in the folder itself, or in those below that the layout names, or that hold
 * scenes. Null when there are none. */
export async function recogniseFiles(listing: Listing, layout: FileLayout): Promise<Recognition | null> {
  const { parts = [] } = layout;
  const partOf = (name: string): PartFolders | undefined => parts.find(({ cubes }) => cubes.test(name));
  const own = sceneNames(listing, layout);
  if (own.length > 0) {
    const part = partOf(listing.name);
    const pictures = picturesBeside(part === undefined ? [] : await siblingsOf(listing.path), part?.pictures);
    const folder: SceneFolder = { path: listing.path, part: part?.part ?? 'all', pictures };
    return { folders: [folder], names: own };
  }
  const folders: SceneFolder[] = [];
  const names: string[] = [];
  for (const below of listing.folders) {
    const found = sceneNames(below, layout);
    if (found.length === 0) continue;
    const part = partOf(below.name);
    const pictures = picturesBeside(listing.folders, part?.pictures);
    folders.push({ path: below.path, part: part?.part ?? 'all', pictures });
    names.push(...found);
  }
  return folders.length === 0 ? null : { folders, names };
}

/** Maps of classes, lidar and regions that are kept beside scenes of remote sensing. */
const besideScenes = /(_gt|_groundtruth|_lidar|_roi|_samples_\w+|_tr|_va)$/i;

/** Finds the one scene of a remote-sensing set by its file's name, in the folder or one below. Maps of classes beside it
 * are no scenes; a folder with other cubes is not taken for this set's. */
export function recogniseSingle(listing: Listing, scene: RegExp): Recognition | null {
  for (const folder of [listing, ...listing.folders]) {
    const headers = new Set(folder.files.filter((name) => /\.hdr$/i.test(name)).map(stemOf));
    const cubes = folder.files.filter(
      (name) =>
        /\.(mat|h5|hdf5|hdr|tif|tiff|npy|npz)$/i.test(name) &&
        (/\.hdr$/i.test(name) || !headers.has(stemOf(name))) &&
        !besideScenes.test(stemOf(name)),
    );
    if (cubes.length === 0 || !cubes.every((name) => scene.test(stemOf(name)))) continue;
    return {
      folders: [{ path: folder.path, part: 'all', pictures: [] }],
      names: cubes.map(stemOf),
      files: cubes.map((name) => join(folder.path, name)),
    };
  }
  return null;
}
