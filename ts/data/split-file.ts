import { readFile } from 'node:fs/promises';
import { DataError } from '../errors.js';
import { fileError } from '../io/file.js';

/** Scenes that a list names, and the others, both in their original order. */
export interface NamedSplit<T> {
  named: T[];
  others: T[];
}

/** Parts scenes by a text file of names, one a line; `#` starts a comment, empty lines do not count.
 * @throws {DataError} `DATA_MISSING`; `DATA_SCENE_MISSING` for a name that no scene has, or a file without names. */
export async function splitByFile<T extends { name: string }>(
  scenes: readonly T[],
  file: string,
): Promise<NamedSplit<T>> {
  const names = await readNames(file);
  const known = new Set(scenes.map(({ name }) => name));
  const unknown = [...names].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const plural = unknown.length === 1 ? 'is no scene' : 'are no scenes';
    throw new DataError(
      'DATA_SCENE_MISSING',
      `${file}: '${unknown.join("', '")}' ${plural} of the data; there are: ${[...known].join(', ')}`,
    );
  }
  return {
    named: scenes.filter(({ name }) => names.has(name)),
    others: scenes.filter(({ name }) => !names.has(name)),
  };
}

async function readNames(file: string): Promise<Set<string>> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw fileError('DATA', file, cause);
  });
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const names = new Set(lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()));
  names.delete('');
  if (names.size > 0) return names;
  throw new DataError(
    'DATA_SCENE_MISSING',
    `${file}: no names in it; names of scenes were expected, one a line`,
  );
}
