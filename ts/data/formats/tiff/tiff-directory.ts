import { DataError } from '../../../errors.js';
import type { RandomAccessFile } from '../../../io/file.js';

/** Bytes of one value of each type of a tag. */
const widths: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

const mostDirectories = 20_000;
const mostEntries = 4096;
/** A tag's values; larger than the lists of strips of any picture that is read. */
const largestTag = 1 << 26;

interface Entry {
  type: number;
  count: number;
  /** Where the values are in the file. */
  offset: number;
}

function damaged(path: string, what: string): DataError {
  return new DataError('DATA_DAMAGED', `${path}: no valid TIFF: ${what}`);
}

/** One picture of a TIFF file: its tags. */
export class TiffDirectory {
  constructor(
    private readonly file: RandomAccessFile,
    private readonly littleEndian: boolean,
    private readonly entries: ReadonlyMap<number, Entry>,
  ) {}

  has(tag: number): boolean {
    return this.entries.has(tag);
  }

  private async bytes(tag: number): Promise<{ entry: Entry; view: DataView } | null> {
    const entry = this.entries.get(tag);
    if (entry === undefined) return null;
    const length = entry.count * (widths[entry.type] ?? 0);
    if (length > largestTag) throw damaged(this.file.path, `tag ${tag} claims ${entry.count} values`);
    const bytes = await this.file.read(entry.offset, length, `TIFF tag ${tag}`);
    return { entry, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
  }

  /** The values of a tag, empty where it is missing. */
  async numbers(tag: number): Promise<number[]> {
    const found = await this.bytes(tag);
    if (found === null) return [];
    const { entry, view } = found;
    const little = this.littleEndian;
    const read: Record<number, (at: number) => number> = {
      1: (at) => view.getUint8(at),
      2: (at) => view.getUint8(at),
      3: (at) => view.getUint16(at, little),
      4: (at) => view.getUint32(at, little),
      5: (at) => view.getUint32(at, little) / view.getUint32(at + 4, little),
      6: (at) => view.getInt8(at),
      7: (at) => view.getUint8(at),
      8: (at) => view.getInt16(at, little),
      9: (at) => view.getInt32(at, little),
      10: (at) => view.getInt32(at, little) / view.getInt32(at + 4, little),
      11: (at) => view.getFloat32(at, little),
      12: (at) => view.getFloat64(at, little),
      13: (at) => view.getUint32(at, little),
      16: (at) => Number(view.getBigUint64(at, little)),
      17: (at) => Number(view.getBigInt64(at, little)),
      18: (at) => Number(view.getBigUint64(at, little)),
    };
    const width = widths[entry.type] ?? 1;
    const value = read[entry.type];
    return value === undefined ? [] : Array.from({ length: entry.count }, (_, i) => value(i * width));
  }

  /** The first value of a tag. */
  async number(tag: number, otherwise: number): Promise<number> {
    const entry = this.entries.get(tag);
    if (entry === undefined || entry.count === 0) return otherwise;
    const first = new TiffDirectory(this.file, this.littleEndian, new Map([[tag, { ...entry, count: 1 }]]));
    const [value = otherwise] = await first.numbers(tag);
    return value;
  }

  /** How many values a tag has. */
  count(tag: number): number {
    return this.entries.get(tag)?.count ?? 0;
  }

  /** Raw bytes of a tag. */
  async raw(tag: number): Promise<Buffer | null> {
    const found = await this.bytes(tag);
    return found === null
      ? null
      : Buffer.from(found.view.buffer, found.view.byteOffset, found.view.byteLength);
  }

  /** A text, up to its end mark. */
  async text(tag: number): Promise<string | null> {
    const bytes = await this.raw(tag);
    return bytes === null ? null : bytes.toString('utf8').replace(/\0.*$/s, '').trim();
  }
}

/** Sizes of the parts of a directory, which differ between TIFF and BigTIFF. */
const classic = { count: 2, entry: 12, offset: 4, inline: 4 };
const large = { count: 8, entry: 20, offset: 8, inline: 8 };

/** A TIFF file: its byte order, and its pictures one after the other. */
export class TiffFile {
  private constructor(
    readonly file: RandomAccessFile,
    readonly littleEndian: boolean,
    private readonly big: boolean,
    private readonly first: number,
  ) {}

  /** Reads the first bytes.
   * @throws {DataError} `DATA_FORMAT`, `DATA_TRUNCATED`. */
  static async of(file: RandomAccessFile): Promise<TiffFile> {
    const head = await file.read(0, 8, 'the header of a TIFF');
    const mark = head.toString('latin1', 0, 2);
    const littleEndian = mark === 'II';
    const version = littleEndian ? head.readUInt16LE(2) : head.readUInt16BE(2);
    if ((!littleEndian && mark !== 'MM') || (version !== 42 && version !== 43)) {
      throw new DataError('DATA_FORMAT', `${file.path}: not a TIFF file`);
    }
    if (version === 42) {
      const first = littleEndian ? head.readUInt32LE(4) : head.readUInt32BE(4);
      return new TiffFile(file, littleEndian, false, first);
    }
    const more = await file.read(8, 8, 'the header of a BigTIFF');
    const first = Number(littleEndian ? more.readBigUInt64LE() : more.readBigUInt64BE());
    return new TiffFile(file, littleEndian, true, first);
  }

  /** The pictures, up to `most` of them.
   * @throws {DataError} `DATA_DAMAGED`, `DATA_TRUNCATED`. */
  async *directories(): AsyncGenerator<TiffDirectory> {
    const seen = new Set<number>();
    for (let at = this.first; at !== 0; ) {
      if (seen.has(at)) throw damaged(this.file.path, 'its pictures lead back to themselves');
      if (seen.size >= mostDirectories)
        throw damaged(this.file.path, `more than ${mostDirectories} pictures`);
      seen.add(at);
      const { directory, next } = await this.directoryAt(at);
      yield directory;
      at = next;
    }
    if (seen.size === 0) throw damaged(this.file.path, 'there is no picture in it');
  }

  private async directoryAt(at: number): Promise<{ directory: TiffDirectory; next: number }> {
    const sizes = this.big ? large : classic;
    const count = this.unsigned(await this.file.read(at, sizes.count, 'a TIFF directory'), 0, sizes.count);
    if (count > mostEntries) throw damaged(this.file.path, `a directory of ${count} tags`);
    const start = at + sizes.count;
    const length = count * sizes.entry + sizes.offset;
    const bytes = await this.file.read(start, length, 'a TIFF directory');
    const entries = new Map<number, Entry>();
    for (let i = 0; i < count; i++) {
      const place = i * sizes.entry;
      const type = this.unsigned(bytes, place + 2, 2);
      const values = this.unsigned(bytes, place + 4, sizes.inline);
      const valueAt = place + 4 + sizes.inline;
      const isInline = values * (widths[type] ?? 0) <= sizes.inline;
      const offset = isInline ? start + valueAt : this.unsigned(bytes, valueAt, sizes.offset);
      entries.set(this.unsigned(bytes, place, 2), { type, count: values, offset });
    }
    const directory = new TiffDirectory(this.file, this.littleEndian, entries);
    return { directory, next: this.unsigned(bytes, count * sizes.entry, sizes.offset) };
  }

  private unsigned(bytes: Buffer, at: number, width: number): number {
    if (width === 8) return Number(this.littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return this.littleEndian ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
  }
}
