import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ConfigError } from '../../errors.js';
import { fileError } from '../../io/file.js';
import { arad1k, arad2020 } from './arad.js';
import { indianPines, salinas } from './aviris.js';
import { cave } from './cave.js';
import { chikusei } from './chikusei.js';
import { harvard } from './harvard.js';
import { houston2013, houston2018 } from './houston.js';
import { icvl } from './icvl.js';
import { kaust } from './kaust.js';
import { type Listing, listFolder } from './layout.js';
import { paviaCentre, paviaUniversity } from './pavia.js';
import type { PublishedSet, Recognition } from './published.js';
import { washingtonDc } from './washington-dc.js';

/** The published data sets that are known, in the order in which folders are tried. */
export const publishedSets: readonly PublishedSet[] = [
  cave,
  arad1k,
  arad2020,
  icvl,
  harvard,
  kaust,
  paviaCentre,
  paviaUniversity,
  chikusei,
  houston2013,
  houston2018,
  washingtonDc,
  salinas,
  indianPines,
];

/** A data set that a folder was recognised as. */
export interface RecognisedSet extends Recognition {
  set: PublishedSet;
}

/** A file alone stands for a folder that holds nothing else. */
async function listingOf(path: string): Promise<{ listing: Listing; isFile: boolean }> {
  const facts = await stat(path).catch((cause) => {
    throw fileError('DATA', path, cause);
  });
  if (facts.isDirectory()) return { listing: await listFolder(path), isFile: false };
  const folder = dirname(resolve(path));
  const listing = { path: folder, name: basename(folder), files: [basename(path)], folders: [] };
  return { listing, isFile: true };
}

/** The published data set that a folder or file is of, told by the names in it alone; null when it is none of them.
 * @throws {DataError} `DATA_MISSING`. */
export async function recogniseDataset(path: string): Promise<RecognisedSet | null> {
  const { listing, isFile } = await listingOf(path);
  for (const set of publishedSets) {
    const found = await set.recognise(listing);
    if (found !== null) return { ...found, set, ...(isFile ? { files: [path] } : {}) };
  }
  return null;
}

/** What was recognised, and what of the set is missing, in a sentence. */
export function recognisedWords({ set, names, folders }: RecognisedSet): string {
  const of = set.scenes === 1 ? '' : `: ${names.length} of its ${set.scenes} scenes`;
  const pictures = folders.flatMap((folder) => folder.pictures);
  const parts = folders.filter(({ part }) => part !== 'all').map(({ part }) => part);
  const beside =
    pictures.length > 0 ? `; pictures in ${pictures.map((path) => basename(path)).join(', ')}` : '';
  return `recognised as ${set.title}${of}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}${beside}`;
}

/** The published data sets whose folders are recognised, with where to get them, their terms, layouts and splits. */
export function datasets(): PublishedSet[] {
  return [...publishedSets];
}

/** A published data set by its id.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function publishedSet(id: string): PublishedSet {
  const set = publishedSets.find((candidate) => candidate.id === id);
  if (set !== undefined) return set;
  const known = publishedSets.map((candidate) => candidate.id).join(', ');
  throw new ConfigError(
    'CONFIG_VALUE',
    `'${id}' is no published data set that is known; there are: ${known}`,
  );
}
