import { crc32 } from 'node:zlib';
import type { AtomicFile } from './atomic-write.js';

interface Written {
  name: string;
  offset: number;
  size: number;
  checksum: number;
}

/** From here on 32 bits do not hold a size. */
const elsewhere = 0xffffffff;
const version = 45;
/** 1 January 1980, the earliest a zip can say: equal contents give equal files. */
const noDate = 0x00210000;

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** The fields that stand in both the local header and the list. Sizes always stand in the extra field, so that a header has
 * its length before the size is known. */
function facts({ name, checksum }: Written, extra: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(version, 0);
  fields.writeUInt32LE(noDate, 6);
  fields.writeUInt32LE(checksum, 10);
  fields.writeUInt32LE(elsewhere, 14);
  fields.writeUInt32LE(elsewhere, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  fields.writeUInt16LE(extra.length, 24);
  return fields;
}

function extraOf(numbers: readonly number[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(1, 0);
  head.writeUInt16LE(8 * numbers.length, 2);
  return Buffer.concat([head, ...numbers.map(u64)]);
}

function localHeader(entry: Written): Buffer {
  const extra = extraOf([entry.size, entry.size]);
  return Buffer.concat([Buffer.from('PK\x03\x04'), facts(entry, extra), Buffer.from(entry.name), extra]);
}

function listed(entry: Written): Buffer {
  const extra = extraOf([entry.size, entry.size, entry.offset]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((0o644 << 16) >>> 0, 6);
  tail.writeUInt32LE(elsewhere, 10);
  const made = Buffer.from([version, 3]);
  return Buffer.concat([
    Buffer.from('PK\x01\x02'),
    made,
    facts(entry, extra),
    tail,
    Buffer.from(entry.name),
    extra,
  ]);
}

/** The records after the list: the large one, its place, and the small one that says to look there. */
function endOf(count: number, size: number, offset: number): Buffer {
  const versions = Buffer.alloc(12);
  versions.writeUInt16LE(version, 0);
  versions.writeUInt16LE(version, 2);
  const small = Buffer.alloc(18, 0xff);
  small.writeUInt32LE(0, 0);
  small.writeUInt16LE(0, 16);
  const one = Buffer.from([1, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('PK\x06\x06'),
    u64(44),
    versions,
    u64(count),
    u64(count),
    u64(size),
    u64(offset),
    Buffer.from('PK\x06\x07\0\0\0\0'),
    u64(offset + size),
    one,
    Buffer.from('PK\x05\x06'),
    small,
  ]);
}

/** Writes a zip of files that are not compressed, one after the other, of any size (zip64). The caller commits or aborts the
 * file. */
export class ZipWriter {
  private readonly entries: Written[] = [];
  private end = 0;

  constructor(private readonly file: AtomicFile) {}

  /** Begins a file; bytes are then given to {@link write}. */
  async begin(name: string): Promise<void> {
    const entry = { name, offset: this.end, size: 0, checksum: 0 };
    this.entries.push(entry);
    this.end += localHeader(entry).length;
  }

  /** The next bytes of the file begun last. */
  async write(bytes: Uint8Array): Promise<void> {
    const entry = this.entries.at(-1);
    if (entry === undefined) return;
    const at = this.end;
    this.end += bytes.length;
    entry.size += bytes.length;
    entry.checksum = crc32(bytes, entry.checksum);
    await this.file.write(bytes, at);
  }

  /** Writes the headers, now that sizes and checksums are known, and the list. */
  async finish(): Promise<void> {
    for (const entry of this.entries) await this.file.write(localHeader(entry), entry.offset);
    const list = Buffer.concat(this.entries.map(listed));
    await this.file.write(Buffer.concat([list, endOf(this.entries.length, list.length, this.end)]), this.end);
  }
}
