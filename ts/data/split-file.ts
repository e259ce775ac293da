import { readFile } from 'node:fs/promises';
import { ConfigError, DataError } from '../errors.js';
import { fileError } from '../io/file.js';
import { type NamedSplit, namedSplit } from './named-splits.js';

/** Scenes that a list names, and the others, both in their original order. */
export interface ListedScenes<T> {
  named: T[];
  others: T[];
}

/** Parts scenes by a split that has a name (`unssr-cave`, ...), or by a text file of names, one a line; `#` starts a comment,
 * empty lines do not count.
 * @throws {DataError} `DATA_MISSING`; `DATA_SCENE_MISSING` for a name that no scene has, a file without names, or a split
 * none of whose scenes is there. @throws {ConfigError} `CONFIG_VALUE` for a split of one scene by area. */
export async function splitByFile<T extends { name: string }>(
  scenes: readonly T[],
  file: string,
): Promise<ListedScenes<T>> {
  const rule = namedSplit(file);
  if (rule !== undefined) return splitByRule(scenes, rule);
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

function splitByRule<T extends { name: string }>(
  scenes: readonly T[],
  { name, title, holdsBack }: NamedSplit,
): ListedScenes<T> {
  if (holdsBack === undefined) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `'${name}' parts one scene by area, which train and evaluate do; a split of scenes was expected`,
    );
  }
  const named = scenes.filter((scene) => holdsBack(scene.name));
  const others = scenes.filter((scene) => !holdsBack(scene.name));
  if (named.length > 0) return { named, others };
  throw new DataError(
    'DATA_SCENE_MISSING',
    `${name} (${title}): none of its scenes is there, to hold back; there are: ${scenes.map((scene) => scene.name).join(', ')}`,
  );
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
