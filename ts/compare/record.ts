import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompareGiven, compareTable } from '../config/index.js';
import { checkValues, type Values } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { makeFolder, writeAtomically } from '../io/index.js';
import type { SceneScores, Scores } from '../metrics/index.js';
import { packageVersion } from '../version.js';

/** One network under one paradigm: what it cost and what it reached. */
export interface CompareRow {
  model: string;
  paradigm: 'supervised' | 'unsupervised';
  parameters: number;
  /** Floating-point operations of one forward pass of 128 x 128 pixels. */
  operations: number;
  steps: number;
  /** From the first step on; of the last part, where the training was interrupted. */
  seconds: number;
  scenes: SceneScores[];
  mean: Scores;
}

/** A network that could not be trained or scored. */
export interface CompareFailure {
  model: string;
  paradigm: CompareRow['paradigm'];
  /** Code and sentence of the error. */
  error: { code: string; message: string };
}

/** compare.json: the options, and what is done so far. */
export interface CompareRecord {
  hyperlift: string;
  options: Values;
  rows: (CompareRow | CompareFailure)[];
  /** The root-polynomial regression of the same training scenes: the line to beat. */
  baseline: { scenes: SceneScores[]; mean: Scores } | null;
}

const recordName = 'compare.json';

/** Makes the folder of a new comparison.
 * @throws {ConfigError} `CONFIG_RUN_EXISTS` where one is there already. */
export async function newRecord(folder: string, options: Values): Promise<CompareRecord> {
  const file = join(folder, recordName);
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    throw new ConfigError(
      'CONFIG_RUN_EXISTS',
      `${folder} already holds a comparison; continue it with --resume ${folder}, or choose another --out`,
    );
  }
  const record: CompareRecord = { hyperlift: packageVersion(), options, rows: [], baseline: null };
  await makeFolder(folder);
  await writeRecord(folder, record);
  return record;
}

/** Reads the record of a comparison that is to go on; failures are left out, to be tried again.
 * @throws {ConfigError} `CONFIG_RESUME`. */
export async function readRecord(folder: string): Promise<{ record: CompareRecord; options: CompareGiven }> {
  const file = join(folder, recordName);
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new ConfigError(
      'CONFIG_RESUME',
      `${folder} holds no comparison to resume: ${recordName} is not there`,
      {
        cause,
      },
    );
  });
  const record = parsed(text, file);
  const options = checkValues(compareTable, record.options, { kind: 'file', file }) as CompareGiven;
  return { record: { ...record, rows: record.rows.filter((row) => !('error' in row)) }, options };
}

function parsed(text: string, file: string): CompareRecord {
  try {
    const record = JSON.parse(text) as CompareRecord;
    if (Array.isArray(record.rows) && typeof record.options === 'object') return record;
  } catch {
    // The same sentence tells it.
  }
  throw new ConfigError('CONFIG_RESUME', `${file} is no record of a comparison: it was edited or cut off`);
}

/** Writes compare.json. */
export async function writeRecord(folder: string, record: CompareRecord): Promise<void> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  await writeAtomically(join(folder, recordName), (handle) => handle.writeFile(text));
}
