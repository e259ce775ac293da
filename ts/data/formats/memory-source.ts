import { DataError } from '../../errors.js';
import { nextTurn } from '../cube.js';
import type { ByteSource } from './strided.js';

/** Bytes copied at a time, short enough for the event loop. */
const pieceBytes = 1 << 23;

/** What has been unpacked of a file, read as the file itself would be. */
export class MemorySource implements ByteSource {
  constructor(
    readonly path: string,
    private readonly bytes: Uint8Array,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number, what: string): Promise<Buffer> {
    const target = Buffer.from(new ArrayBuffer(length));
    await this.readInto(target, offset, what);
    return target;
  }

  async readInto(target: Uint8Array, offset: number, what: string): Promise<void> {
    const end = offset + target.length;
    if (offset < 0 || end > this.bytes.length) {
      throw new DataError(
        'DATA_TRUNCATED',
        `${this.path}: cut off: ${what} ends at byte ${end}, there are ${this.bytes.length} unpacked`,
      );
    }
    for (let at = 0; at < target.length; at += pieceBytes) {
      target.set(this.bytes.subarray(offset + at, Math.min(offset + at + pieceBytes, end)), at);
      if (target.length > pieceBytes) await nextTurn();
    }
  }
}
