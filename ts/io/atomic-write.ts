import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError, HyperliftError, RunError } from '../errors.js';

/** Turns a failed write into ours: a full disk is the run's trouble, anything else the place's. */
export function writeError(file: string, cause: unknown): HyperliftError {
  if (cause instanceof HyperliftError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `${file}: the disk is full; nothing that was there before has been changed`;
    return new RunError('RUN_DISK_FULL', message, { cause });
  }
  const reasons: Record<string, string> = {
    EACCES: 'no permission to write there',
    EPERM: 'no permission to write there',
    EROFS: 'the file system is read-only',
    ENOENT: 'the folder does not exist',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EISDIR: 'is a folder, a file was to be written',
    EEXIST: 'a file of that name is there, where a folder was to be made',
    ENAMETOOLONG: 'the name is too long',
  };
  const why = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new DataError('DATA_WRITE', `${file}: cannot be written: ${why}`, { cause });
}

/** `name.<pid>.tmp`, in the folder of the file, so that the rename stays on one file system. */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Removes temporaries that a killed process left beside `file`; those of living processes stay. */
export async function removeStaleTemporaries(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`;
  const names = await readdir(dirname(file)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const pid = Number(name.slice(prefix.length, -'.tmp'.length));
    if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || isAlive(pid)) continue;
    await rm(join(dirname(file), name), { recursive: true, force: true });
  }
}

/** Makes a rename durable; file systems that cannot sync a folder are left to their own rules. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch {
    // Some network file systems refuse fsync on folders; the rename itself has happened.
  } finally {
    await handle.close();
  }
}

/** Makes a folder and the ones above it. Not `mkdir(..., { recursive: true })`, which never ends where a file system answers
 * "no such folder" to making one in a folder that exists, as /proc does. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const above = dirname(folder);
    const aboveIsMissing = above !== folder && (await stat(above).catch(() => undefined)) === undefined;
    if (code !== 'ENOENT' || !aboveIsMissing) throw cause;
    await makeFolder(above);
    await makeFolder(folder);
  }
}

/** A file that appears under its name only when complete: open, write at offsets, then `commit` or `abort`. */
export class AtomicFile {
  private constructor(
    readonly path: string,
    /** Null for a device or pipe, which is written directly: renaming a file over it would replace it. */
    private readonly temporary: string | null,
    readonly handle: FileHandle,
  ) {}

  /** Makes the folder where it is missing, and opens a temporary beside `path`. */
  static async open(path: string): Promise<AtomicFile> {
    try {
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
      if (facts !== undefined && !facts.isFile()) return new AtomicFile(path, null, await open(path, 'w'));
      const temporary = temporaryName(path);
      await makeFolder(dirname(path));
      await removeStaleTemporaries(path);
      await rm(temporary, { force: true });
      return new AtomicFile(path, temporary, await open(temporary, 'wx'));
    } catch (cause) {
      throw writeError(path, cause);
    }
  }

  /** Writes all of `bytes` at `position`. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      await writeFully(this.handle, bytes, position);
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }

  /** Flushes, closes and renames to the final name. */
  async commit(): Promise<void> {
    try {
      if (this.temporary === null) return await this.handle.close();
      await this.handle.sync();
      await this.handle.close();
      await rename(this.temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      await this.abort();
      throw writeError(this.path, cause);
    }
  }

  /** Closes and removes the temporary; the file of that name, if any, stays as it was. */
  async abort(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    if (this.temporary !== null) await rm(this.temporary, { force: true });
  }
}

/** Writes all of `bytes` at `position`, however the system cuts the writes. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, 1 << 30);
    const { bytesWritten } = await handle.write(bytes, done, length, position + done);
    done += bytesWritten;
  }
}

/** Writes a file under a temporary name in its own folder, syncs, and renames: readers see the old file or the new
 * one, never a part, whatever happens in between.
 * @throws {DataError} `DATA_WRITE` where the place cannot be written.
 * @throws {RunError} `RUN_DISK_FULL`. */
export async function writeAtomically(
  file: string,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const target = await AtomicFile.open(file);
  try {
    await work(target.handle);
  } catch (cause) {
    await target.abort();
    throw writeError(file, cause);
  }
  await target.commit();
}
