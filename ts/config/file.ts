import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.js';
import type { Table } from './table.js';
import { checkValues, type Values } from './validate.js';

/** The key under which config.json of a run keeps notes of ours; they are no options. */
export const notesKey = 'hyperlift';

/** Reads a configuration file: a JSON object whose keys are a command's options. A run's own config.json is one.
 * @throws {ConfigError} `CONFIG_FILE` for a file that cannot be read or is no JSON; else as `checkValues`. */
export async function readConfigFile(table: Table, file: string): Promise<Values> {
  const given = await readJsonObject(file);
  const values = typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : given;
  if (typeof values === 'object' && values !== null) Reflect.deleteProperty(values, notesKey);
  return checkValues(table, values, { kind: 'file', file });
}

/** Reads a JSON file.
 * @throws {ConfigError} `CONFIG_FILE` */
export async function readJsonObject(file: string): Promise<unknown> {
  let words: string;
  try {
    words = await readFile(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    throw new ConfigError('CONFIG_FILE', `configuration file ${file} ${why}`, { cause });
  }
  try {
    return JSON.parse(words);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('CONFIG_FILE', `configuration file ${file} is not JSON: ${why}`, { cause });
  }
}
