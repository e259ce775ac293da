import { DataError } from '../../errors.js';
import type { ByteSource } from './strided.js';

/** A part of a file, read as if it were one. */
export class FileRange implements ByteSource {
  constructor(
    private readonly file: ByteSource,
    private readonly start: number,
    readonly size: number,
  ) {}

  get path(): string {
    return this.file.path;
  }

  async read(offset: number, length: number, what: string): Promise<Buffer> {
    this.check(offset, length, what);
    return this.file.read(this.start + offset, length, what);
  }

  async readInto(target: Uint8Array, offset: number, what: string): Promise<void> {
    this.check(offset, target.length, what);
    return this.file.readInto(target, this.start + offset, what);
  }

  private check(offset: number, length: number, what: string): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.size) return;
    throw new DataError(
      'DATA_TRUNCATED',
      `${this.path}: cut off: ${what} ends at byte ${offset + length}, there are ${this.size}`,
    );
  }
}
