import { access, appendFile, constants, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, DataError } from '../errors.js';
import { makeFolder, writeAtomically, writeError } from '../io/atomic-write.js';

/** Names of the files of a run, fixed. */
export const runFiles = {
  best: 'best.safetensors',
  last: 'last.safetensors',
  config: 'config.json',
  log: 'log.jsonl',
} as const;

/** The folder of one run: its four files, each written whole or not at all. */
export class RunFolder {
  readonly folder: string;
  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder for a new run.
   * @throws {ConfigError} `CONFIG_RUN_EXISTS` where a run is there already and `overwrite` is not set.
   * @throws {DataError} `DATA_WRITE` where it cannot be made or written. */
  static async create(folder: string, overwrite: boolean): Promise<RunFolder> {
    const run = new RunFolder(folder);
    try {
      const there = await stat(folder).catch(() => undefined);
      if (there?.isDirectory() === false) {
        throw new DataError(
          'DATA_WRITE',
          `${folder}: is a file; the run needs a folder, choose another --out`,
        );
      }
      await makeFolder(folder);
      await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw writeError(folder, error);
    }
    const taken = (await readdir(folder)).filter((name) => Object.values<string>(runFiles).includes(name));
    if (taken.length > 0 && !overwrite) {
      throw new ConfigError(
        'CONFIG_RUN_EXISTS',
        `${folder} already holds a run (${taken.join(', ')}); continue it with --resume ${folder}, replace it with --overwrite, or choose another --out`,
      );
    }
    return run;
  }

  /** Removes an earlier run, at the moment when the new one begins. */
  async clear(): Promise<void> {
    for (const name of Object.values(runFiles)) await rm(join(this.folder, name), { force: true });
  }

  /** Removes the folder where nothing has been written to it: a run that could not begin leaves no trace. */
  async removeIfEmpty(): Promise<void> {
    await rmdir(this.folder).catch(() => {});
  }

  /** Opens the folder of a run that is to go on.
   * @throws {ConfigError} `CONFIG_RESUME` where it holds no run. */
  static async open(folder: string): Promise<RunFolder> {
    const there = await stat(join(folder, runFiles.config)).catch(() => undefined);
    if (there === undefined) {
      throw new ConfigError(
        'CONFIG_RESUME',
        `${folder} holds no run to resume: ${runFiles.config} is not there`,
      );
    }
    return new RunFolder(folder);
  }

  path(file: keyof typeof runFiles): string {
    return join(this.folder, runFiles[file]);
  }

  async has(file: keyof typeof runFiles): Promise<boolean> {
    return stat(this.path(file)).then(
      () => true,
      () => false,
    );
  }

  async writeConfig(config: unknown): Promise<void> {
    const words = `${JSON.stringify(config, null, 2)}\n`;
    await writeAtomically(this.path('config'), async (handle) => {
      await handle.writeFile(words);
    });
  }

  async readConfig(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.path('config'), 'utf8'));
    } catch (cause) {
      throw new ConfigError('CONFIG_RESUME', `${this.path('config')} is not JSON: it was edited or cut off`, {
        cause,
      });
    }
  }

  /** Adds a line to the log. */
  async log(event: unknown): Promise<void> {
    try {
      await appendFile(this.path('log'), `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw writeError(this.path('log'), error);
    }
  }
}

/** The first folder `runs/NAME-N` that is not there yet. */
export async function freeRunFolder(name: string): Promise<string> {
  const taken = new Set(await readdir('runs').catch(() => []));
  let n = 1;
  while (taken.has(`${name}-${n}`)) n += 1;
  return join('runs', `${name}-${n}`);
}
