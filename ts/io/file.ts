import { type FileHandle, open, stat } from 'node:fs/promises';
import { errorFor, HyperliftError } from '../errors.js';

/** Which family of codes a file's troubles belong to. */
export type FileFamily = 'DATA' | 'CHECKPOINT';

/** Turns an error of the file system into ours, naming the file. */
export function fileError(family: FileFamily, file: string, cause: unknown): HyperliftError {
  if (cause instanceof HyperliftError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return errorFor(`${family}_MISSING`, `${file}: no such file or folder`, cause);
  }
  const reasons: Record<string, string> = {
    EACCES: 'no permission to read it',
    EPERM: 'no permission to read it',
    EISDIR: 'is a folder, a file was expected',
    EMFILE: 'too many files are open',
  };
  const why = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return errorFor(`${family}_UNREADABLE`, `${file}: ${why}`, cause);
}

/** A file opened for reads at known places; every read is checked against the file's size. */
export class RandomAccessFile {
  private constructor(
    readonly path: string,
    readonly size: number,
    private readonly handle: FileHandle,
    readonly family: FileFamily,
  ) {}

  /** Opens `path`; to be closed.
   * @throws `<family>_MISSING`, `<family>_UNREADABLE`, `<family>_EMPTY`. */
  static async open(path: string, family: FileFamily): Promise<RandomAccessFile> {
    let handle: FileHandle;
    let size: number;
    try {
      const facts = await stat(path);
      if (!facts.isFile()) throw errorFor(`${family}_UNREADABLE`, `${path}: is not a file`);
      size = facts.size;
      handle = await open(path, 'r');
    } catch (cause) {
      throw fileError(family, path, cause);
    }
    if (size > 0) return new RandomAccessFile(path, size, handle, family);
    await handle.close();
    throw errorFor(`${family}_EMPTY`, `${path}: the file is empty`);
  }

  /** Opens `path`, hands it to `work`, and closes it whatever happens.
   * @throws as {@link RandomAccessFile.open}. */
  static async use<T>(
    path: string,
    family: FileFamily,
    work: (file: RandomAccessFile) => Promise<T>,
  ): Promise<T> {
    const file = await RandomAccessFile.open(path, family);
    try {
      return await work(file);
    } catch (cause) {
      throw fileError(family, path, cause);
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Exactly `length` bytes from `offset`, in their own memory.
   * @throws `<family>_TRUNCATED` when the file ends before. `what` names what was being read. */
  async read(offset: number, length: number, what: string): Promise<Buffer> {
    if (!this.holds(offset, length)) this.truncated(offset + length, what);
    const buffer = Buffer.from(new ArrayBuffer(length));
    await this.readInto(buffer, offset, what);
    return buffer;
  }

  /** The same into memory of the caller's, which it fills. */
  async readInto(target: Uint8Array, offset: number, what: string): Promise<void> {
    const end = offset + target.length;
    if (!this.holds(offset, target.length)) this.truncated(end, what);
    for (let done = 0; done < target.length; ) {
      const length = Math.min(target.length - done, 1 << 30);
      const { bytesRead } = await this.handle.read(target, done, length, offset + done);
      if (bytesRead === 0) this.truncated(end, what);
      done += bytesRead;
    }
  }

  /** Bytes that follow each other in the file, each run into memory of its own; at most 1024 runs. */
  async readEach(targets: readonly Uint8Array[], offset: number, what: string): Promise<void> {
    const total = targets.reduce((sum, { length }) => sum + length, 0);
    if (!this.holds(offset, total)) this.truncated(offset + total, what);
    const { bytesRead } = await this.handle.readv(targets, offset);
    if (bytesRead === total) return;
    // A short read is rare: what it left out is not worth finding.
    let at = offset;
    for (const target of targets) {
      await this.readInto(target, at, what);
      at += target.length;
    }
  }

  /** Up to `length` bytes from `offset`: fewer where the file ends. */
  async readUpTo(offset: number, length: number): Promise<Buffer> {
    return this.read(offset, Math.max(0, Math.min(length, this.size - offset)), 'bytes');
  }

  /** Whether the file has these bytes. */
  holds(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && offset + length <= this.size;
  }

  /** @throws `<family>_TRUNCATED` */
  truncated(end: number, what: string): never {
    throw errorFor(
      `${this.family}_TRUNCATED`,
      `${this.path}: cut off: ${what} ends at byte ${end}, the file has ${this.size}`,
    );
  }
}
