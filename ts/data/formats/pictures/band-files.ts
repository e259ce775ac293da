import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DataError } from '../../../errors.js';
import { fileError } from '../../../io/file.js';

/** The band pictures of one scene, in band order. */
export interface BandSeries {
  /** Folder that holds the files: the scene's own, or the one of the same kind nested in it. */
  folder: string;
  /** The part of the names before the number, without the separator: the scene's name. */
  scene: string;
  files: string[];
}

const bandName = /^(.*?)[_-]?(\d{1,4})\.png$/i;
/** Fewer numbered pictures than this are pictures, not a cube. */
const fewestBands = 5;
/** Folders of the CAVE database are named so, and hold 31 bands. */
const caveScene = /_ms$/;
const caveBands = 31;

/** Groups a folder's numbered PNGs by the text before the number. */
function groups(names: readonly string[]): Map<string, { number: number; name: string }[]> {
  const found = new Map<string, { number: number; name: string }[]>();
  for (const name of names) {
    const [, prefix, digits] = bandName.exec(name) ?? [];
    if (prefix === undefined || digits === undefined) continue;
    const group = found.get(prefix) ?? [];
    group.push({ number: Number(digits), name });
    found.set(prefix, group);
  }
  return found;
}

/** Names of the folder's numbered series that are long enough for a cube. */
export function seriesNames(names: readonly string[]): string[] {
  return [...groups(names)].filter(([, files]) => files.length >= fewestBands).map(([prefix]) => prefix);
}

function order(folder: string, scene: string, files: { number: number; name: string }[]): string[] {
  const sorted = [...files].sort((a, b) => a.number - b.number);
  const first = sorted[0]?.number === 0 ? 0 : 1;
  const expected = caveScene.test(scene) ? Math.max(caveBands, sorted.length) : sorted.length;
  const missing: number[] = [];
  for (let number = first; number < first + expected; number++) {
    if (!sorted.some((file) => file.number === number)) missing.push(number);
  }
  const twice = sorted.find((file, i) => sorted[i + 1]?.number === file.number);
  if (twice !== undefined) {
    throw new DataError('DATA_BAND_DUPLICATE', `${folder}: two files for band ${twice.number} of '${scene}'`);
  }
  if (missing.length > 0) {
    throw new DataError(
      'DATA_BAND_MISSING',
      `${folder}: ${sorted.length} of ${expected} bands of '${scene}' are there; missing: ${missing.join(', ')}`,
    );
  }
  return sorted.map((file) => file.name);
}

/** A folder's names, sorted, hidden files left out. */
export async function listNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (cause) {
    throw fileError('DATA', folder, cause);
  }
}

/** Where the band files of `folder` are: in it, or in the one folder of the same name nested in it, as the CAVE
 * database is packed. Null when neither holds a series. */
export async function findSeriesFolder(folder: string): Promise<{ folder: string; names: string[] } | null> {
  const names = await listNames(folder);
  if (seriesNames(names).length > 0) return { folder, names };
  const inner = basename(resolve(folder));
  if (!names.includes(inner)) return null;
  const nested = await listNames(join(folder, inner)).catch(() => []);
  return seriesNames(nested).length > 0 ? { folder: join(folder, inner), names: nested } : null;
}

/** The band files of a scene, sorted by number.
 * @throws {DataError} `DATA_MISSING`, `DATA_FORMAT` (no series), `DATA_VARIABLE_AMBIGUOUS` (several), and
 * `DATA_BAND_MISSING`, `DATA_BAND_DUPLICATE`. */
export async function findBandSeries(folder: string): Promise<BandSeries> {
  const found = await findSeriesFolder(folder);
  if (found === null) {
    throw new DataError(
      'DATA_FORMAT',
      `${folder}: no numbered band pictures in it (such as scene_01.png, scene_02.png, ...)`,
    );
  }
  const candidates = seriesNames(found.names);
  const [scene = '', ...others] = candidates;
  if (others.length > 0) {
    const list = candidates.map((name) => `'${name}'`).join(', ');
    throw new DataError(
      'DATA_VARIABLE_AMBIGUOUS',
      `${found.folder}: band pictures of several scenes in one folder: ${list}`,
    );
  }
  const files = order(found.folder, scene, groups(found.names).get(scene) ?? []);
  return {
    folder: found.folder,
    scene: scene || basename(resolve(folder)),
    files: files.map((name) => join(found.folder, name)),
  };
}
