import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, HyperliftError } from '../../errors.js';
import { makeFolder, syncFolder, writeError } from '../../io/atomic-write.js';
import { keysInUse, markUse, ownedName } from './owners.js';
import {
  type CacheType,
  readSceneFile,
  type SceneFile,
  type SceneSource,
  verifySceneFile,
  writeSceneFile,
} from './scene-file.js';

/** Side of the tiles: a patch of 128 x 128 pixels touches at most nine, a quarter of a megabyte each at 31 bands of 16 bits; one
 * band of one tile is a whole number of pages. */
const tile = 64;
const ending = '.scene';

/** Where scenes are cached unless another folder is named: `hyperlift/scenes` in `$XDG_CACHE_HOME`, else `~/.cache`. */
export function defaultCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hyperlift', 'scenes');
}

/** A file of the cache, unread. */
interface KeptFile {
  key: string;
  file: string;
  /** Of the whole file. */
  bytes: number;
  lastUse: Date;
  /** By a process that lives. */
  inUse: boolean;
}

/** A file of the cache: what is in it, or the code of the error it gives. */
export interface CacheEntry extends KeptFile {
  scene: SceneFile | null;
  /** Why it cannot be used; null for a sound one. */
  damage: string | null;
}

/** An entry in use. It is not evicted before it is released, though other entries are. */
export interface CachedScene {
  scene: SceneFile;
  /** To be called once when nothing maps it any more. */
  release(): Promise<void>;
}

/** Files that are being written by this process, by their place. */
const underWay = new Map<string, Promise<void>>();

/** Decoded scenes in a folder, one flat file each, to be mapped. A file is found by its key; several processes may use and build the
 * same folder at once, each file appears under its name only when it is whole.
 *
 * Flat files of tiles were chosen over lmdb by measurement: the tiles of 128 x 128 x 31 patches at random places come from flat files 2.7
 * times as fast (warm, both through Node; lmdb's binding copies), and mapped they are gathered without a copy, at 930 patches a second
 * as against 720 from whole cubes in memory. float16 takes the room of uint16 and a third longer to convert. */
export class SceneCache {
  /** Bytes that may be added before the folder is looked at again. */
  #spare = 0;

  /** @param limit bytes that all files together may take. */
  constructor(
    readonly folder: string,
    readonly limit: number = Number.POSITIVE_INFINITY,
  ) {}

  /** The file of a key, whether it is there or not. */
  fileOf(key: string): string {
    return join(this.folder, `${key}${ending}`);
  }

  /** The entry of a key, built where it is missing or damaged.
   * @param key stands for the values: hexadecimal digits.
   * @param type how they are kept; a part of what the key stands for.
   * @param build gives the values, where they are needed.
   * @param estimate bytes that the file will take, for which room is made.
   * @throws {ConfigError} `CONFIG_MEMORY` where the limit leaves no room.
   * @throws {DataError} `DATA_WRITE`, `DATA_RANGE`, and what the source throws.
   * @throws {RunError} `RUN_DISK_FULL`. */
  async open(
    key: string,
    type: CacheType,
    build: () => Promise<SceneSource>,
    estimate: number,
  ): Promise<CachedScene> {
    const file = this.fileOf(key);
    let release: () => Promise<void>;
    try {
      await makeFolder(this.folder);
      // Before the look at the file: whoever makes room from now on leaves it alone.
      release = await markUse(this.folder, key);
    } catch (cause) {
      throw writeError(this.folder, cause);
    }
    try {
      const scene = (await soundScene(file)) ?? (await this.#built(key, type, build, estimate));
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined); // the time of the last use; another user's file keeps its own
      return { scene, release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #built(
    key: string,
    type: CacheType,
    build: () => Promise<SceneSource>,
    estimate: number,
  ): Promise<SceneFile> {
    const file = this.fileOf(key);
    const running = underWay.get(file);
    if (running !== undefined) {
      await running.catch(() => undefined);
      const scene = await soundScene(file);
      if (scene !== null) return scene;
    }
    const writing = this.#write(key, type, build, estimate);
    underWay.set(file, writing);
    try {
      await writing;
    } finally {
      if (underWay.get(file) === writing) underWay.delete(file);
    }
    return readSceneFile(file);
  }

  async #write(
    key: string,
    type: CacheType,
    build: () => Promise<SceneSource>,
    estimate: number,
  ): Promise<void> {
    await this.makeRoom(estimate);
    const source = await build();
    const [file, temporary] = [this.fileOf(key), join(this.folder, ownedName(key, 'tmp'))];
    try {
      await writeSceneFile(temporary, source, { tile, type });
      // Where another process was faster, its file is as good and may be in use already.
      if ((await soundScene(file)) === null) await rename(temporary, file);
      await syncFolder(this.folder);
    } catch (cause) {
      throw cause instanceof HyperliftError ? cause : writeError(file, cause);
    } finally {
      await source.close?.();
      await rm(temporary, { force: true });
    }
  }

  /** Removes the entries that were used longest ago and are not in use, until `bytes` more fit within the limit.
   * @returns the keys of what was removed.
   * @throws {ConfigError} `CONFIG_MEMORY` where those in use leave no room. */
  async makeRoom(bytes: number): Promise<string[]> {
    if (bytes <= this.#spare) {
      this.#spare -= bytes;
      return [];
    }
    const files = await this.#files();
    let total = files.reduce((sum, file) => sum + file.bytes, 0);
    const removed: string[] = [];
    for (const file of files) {
      if (total + bytes <= this.limit) break;
      if (!(await this.#removeUnused(file))) continue;
      total -= file.bytes;
      removed.push(file.key);
    }
    const left = this.limit - total - bytes;
    if (left < 0) {
      throw new ConfigError(
        'CONFIG_MEMORY',
        `${this.folder}: the limit of the cache is ${this.limit} bytes; ${total} are in use and ${bytes} more are needed`,
      );
    }
    // Not looked up again for each of a thousand scenes; other processes may fill the folder meanwhile, so not for long either.
    this.#spare = Math.min(left, this.limit / 16);
    return removed;
  }

  /** Whether an entry was removed: not one in use, looked up again just before. */
  async #removeUnused({ key, file, inUse }: KeptFile): Promise<boolean> {
    if (inUse || (await keysInUse(this.folder)).has(key)) return false;
    await rm(file, { force: true });
    return true;
  }

  /** All files, the one used longest ago first. What dead processes left is removed on the way. */
  async #files(): Promise<KeptFile[]> {
    const used = await keysInUse(this.folder);
    const names = await readdir(this.folder).catch(() => []);
    const files: KeptFile[] = [];
    for (const name of names.filter((name) => name.endsWith(ending))) {
      const key = name.slice(0, -ending.length);
      const file = join(this.folder, name);
      const facts = await stat(file).catch(() => undefined);
      if (facts === undefined) continue; // removed by another process a moment ago
      files.push({ key, file, bytes: facts.size, lastUse: facts.mtime, inUse: used.has(key) });
    }
    return files.sort((a, b) => a.lastUse.getTime() - b.lastUse.getTime() || (a.key < b.key ? -1 : 1));
  }

  /** Bytes of all files together. */
  async bytes(): Promise<number> {
    return (await this.#files()).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** All entries with what they hold, the one used longest ago first. */
  async list(): Promise<CacheEntry[]> {
    const entries: CacheEntry[] = [];
    for (const kept of await this.#files()) {
      const found = await readSceneFile(kept.file).catch((error: unknown) => codeOf(error));
      const [scene, damage] = typeof found === 'string' ? [null, found] : [found, null];
      entries.push({ ...kept, scene, damage });
    }
    return entries;
  }

  /** Removes the entries that were used longest ago and are not in use, until the rest is no more than the limit; all of them with
   * the limit 0.
   * @returns what was removed and what was kept. */
  async clear(): Promise<{ removed: CacheEntry[]; kept: CacheEntry[] }> {
    const entries = await this.list();
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    const [removed, kept]: [CacheEntry[], CacheEntry[]] = [[], []];
    for (const entry of entries) {
      if (total > this.limit && (await this.#removeUnused(entry))) {
        removed.push(entry);
        total -= entry.bytes;
      } else kept.push(entry);
    }
    return { removed, kept };
  }

  /** Reads every value of every entry against its checksum, and removes the entries that are damaged and not in use.
   * @returns all entries; `damage` is the code of what was found. */
  async verify(signal?: AbortSignal): Promise<CacheEntry[]> {
    const result: CacheEntry[] = [];
    for (const entry of await this.list()) {
      const damage = entry.damage ?? (await damageOf(entry.file, signal));
      if (damage !== null) await this.#removeUnused(entry);
      result.push({ ...entry, damage });
    }
    return result;
  }
}

function codeOf(error: unknown): string {
  return error instanceof HyperliftError ? error.code : 'DATA_DAMAGED';
}

async function damageOf(file: string, signal: AbortSignal | undefined): Promise<string | null> {
  try {
    await verifySceneFile(file, signal);
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    return codeOf(error);
  }
}

/** What a file holds; null for one that is missing or damaged. */
async function soundScene(file: string): Promise<SceneFile | null> {
  return readSceneFile(file).catch(() => null);
}
