import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Values } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { makeFolder, writeAtomically } from '../io/index.js';

/** What every record of a comparison holds: the options, and a row for each job that is done. */
export interface JobRecord<Row> {
  hyperlift: string;
  options: Values;
  rows: Row[];
}

/** The JSON file in the folder of a comparison that says how far it is. */
export class RecordFile<R extends JobRecord<object>> {
  constructor(
    readonly name: string,
    /** The table of options, for messages: `compare`. */
    private readonly command: string,
  ) {}

  /** Makes the folder of a new comparison.
   * @throws {ConfigError} `CONFIG_RUN_EXISTS` where one is there already. */
  async create(folder: string, record: R): Promise<R> {
    if ((await stat(join(folder, this.name)).catch(() => undefined)) !== undefined) {
      throw new ConfigError(
        'CONFIG_RUN_EXISTS',
        `${folder} already holds a comparison; continue it with --resume ${folder}, or choose another --out`,
      );
    }
    await makeFolder(folder);
    await this.write(folder, record);
    return record;
  }

  /** Reads the record of a comparison that is to go on; failures are left out, to be tried again.
   * @throws {ConfigError} `CONFIG_RESUME`. */
  async read(folder: string): Promise<R> {
    const file = join(folder, this.name);
    const text = await readFile(file, 'utf8').catch((cause) => {
      const message = `${folder} holds no comparison to resume: ${this.name} is not there`;
      throw new ConfigError('CONFIG_RESUME', message, { cause });
    });
    const record = this.#parsed(text, file);
    return { ...record, rows: record.rows.filter((row) => !('error' in row)) };
  }

  #parsed(text: string, file: string): R {
    try {
      const record = JSON.parse(text) as R;
      if (Array.isArray(record.rows) && typeof record.options === 'object') return record;
    } catch {
      // The same sentence tells it.
    }
    throw new ConfigError(
      'CONFIG_RESUME',
      `${file} is no record of hyperlift ${this.command}: it was edited or cut off`,
    );
  }

  async write(folder: string, record: R): Promise<void> {
    const text = `${JSON.stringify(record, null, 2)}\n`;
    await writeAtomically(join(folder, this.name), (handle) => handle.writeFile(text));
  }
}

/** @throws {ConfigError} `CONFIG_CONFLICT` for an option that is given beside `resume`. */
export function refuseBesideResume(others: Values): void {
  const other = Object.entries(others).find(([, value]) => value !== undefined);
  if (other === undefined) return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `option '${other[0]}' cannot be given with 'resume': a comparison keeps its own options`,
  );
}
