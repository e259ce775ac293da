import { promisify } from 'node:util';
import { constants, crc32, inflateRaw } from 'node:zlib';
import { errorFor, type HyperliftError } from '../errors.js';
import type { RandomAccessFile } from './file.js';

/** A file inside a zip. */
export interface ZipEntry {
  name: string;
  method: number;
  checksum: number;
  packed: number;
  size: number;
  /** Of its local header. */
  offset: number;
}

const signature = {
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  entry: 0x02014b50,
  local: 0x04034b50,
};
const stored = 0;
const deflated = 8;
const encryptedFlag = 1;
/** In a 32-bit field: the number is in the extra field. */
const elsewhere = 0xffffffff;
const endBytes = 22;
const longestComment = 65535;
/** Deflate makes at most 1032 bytes of one. */
const largestRatio = 1032;
/** What measured data stay below. */
const usualRatio = 16;

function damagedZip({ family, path }: RandomAccessFile, what: string, cause?: unknown): HyperliftError {
  return errorFor(`${family}_DAMAGED`, `${path}: ${what}`, cause);
}

function cutOff({ family, path }: RandomAccessFile): HyperliftError {
  return errorFor(
    `${family}_TRUNCATED`,
    `${path}: cut off: it starts as a zip, but the list of its files, which stands at the end, is missing`,
  );
}

/** Place and size of the central directory, from the record at the file's end. */
async function findDirectory(
  file: RandomAccessFile,
): Promise<{ offset: number; size: number; count: number }> {
  const length = Math.min(file.size, endBytes + longestComment + 20);
  const tail = await file.read(file.size - length, length, 'the end of the zip');
  let at = tail.length - endBytes;
  while (at >= 0 && tail.readUInt32LE(at) !== signature.end) at--;
  if (at < 0) throw cutOff(file);
  if (at >= 20 && tail.readUInt32LE(at - 20) === signature.locator64) {
    const offset = Number(tail.readBigUInt64LE(at - 12));
    if (!file.holds(offset, 56)) throw cutOff(file);
    const record = await file.read(offset, 56, 'the zip64 record');
    if (record.readUInt32LE(0) !== signature.end64) throw damagedZip(file, 'its zip64 record is missing');
    const field = (place: number) => Number(record.readBigUInt64LE(place));
    return { count: field(32), size: field(40), offset: field(48) };
  }
  return {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
}

/** Sizes and offset beyond 32 bits stand in extra field 1, in this order, only those that do not fit. */
function fillFromExtra(entry: ZipEntry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const key of ['size', 'packed', 'offset'] as const) {
      if (entry[key] !== elsewhere || field + 8 > extra.length) continue;
      entry[key] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
  }
}

/** The files of a zip, by name; every one must lie within the file.
 * @throws `<family>_TRUNCATED`, `<family>_DAMAGED`, of the file's family. */
export async function readZipDirectory(file: RandomAccessFile): Promise<Map<string, ZipEntry>> {
  const { offset, size, count } = await findDirectory(file);
  if (!file.holds(offset, size)) throw cutOff(file);
  const directory = await file.read(offset, size, 'the list of files');
  const entries = new Map<string, ZipEntry>();
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > size || directory.readUInt32LE(at) !== signature.entry) {
      throw damagedZip(file, 'the list of files in the zip is damaged');
    }
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const entry: ZipEntry = {
      name: directory.toString('utf8', at + 46, nameEnd),
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    if ((directory.readUInt16LE(at + 8) & encryptedFlag) !== 0)
      throw damagedZip(file, `'${entry.name}' is encrypted`);
    fillFromExtra(entry, directory.subarray(nameEnd, extraEnd));
    checkEntry(file, entry, entries);
    entries.set(entry.name, entry);
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function checkEntry(file: RandomAccessFile, entry: ZipEntry, others: Map<string, ZipEntry>): void {
  const { name, method, packed, size, offset } = entry;
  if (others.has(name)) throw damagedZip(file, `two files named '${name}' in the zip`);
  if (!file.holds(offset, 30) || !file.holds(offset + 30, packed)) throw cutOff(file);
  if (method !== stored && method !== deflated)
    throw damagedZip(file, `'${name}' is packed by method ${method}`);
  const largest = method === stored ? packed : packed * largestRatio;
  if (size > largest || (method === stored && size !== packed)) {
    throw damagedZip(file, `'${name}' claims ${size} bytes of ${packed} packed ones: damaged, or a zip bomb`);
  }
}

const inflateWhole = promisify(inflateRaw);
/** Bytes summed at a time, short enough for the event loop. */
const pieceBytes = 1 << 22;

async function checksumOf(content: Uint8Array): Promise<number> {
  let sum = 0;
  for (let at = 0; at < content.length; at += pieceBytes) {
    sum = crc32(content.subarray(at, at + pieceBytes), sum);
    if (content.length > pieceBytes) await new Promise((resolve) => setImmediate(resolve));
  }
  return sum;
}

/** Where the bytes of a file in the zip start.
 * @throws as {@link readZipDirectory}. */
export async function locateZipEntry(
  file: RandomAccessFile,
  { name, packed, offset }: ZipEntry,
): Promise<number> {
  const local = await file.read(offset, 30, `'${name}'`);
  if (local.readUInt32LE(0) !== signature.local) {
    throw damagedZip(file, `'${name}' is not where the list says`);
  }
  const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (!file.holds(start, packed)) throw cutOff(file);
  return start;
}

/** Whether the content of a file lies bare in the zip. */
export function isStored({ method }: ZipEntry): boolean {
  return method === stored;
}

/** The content of one file, checked against its size and checksum.
 * @throws `<family>_TRUNCATED`, `<family>_DAMAGED`, of the file's family. */
export async function readZipEntry(file: RandomAccessFile, entry: ZipEntry): Promise<Buffer> {
  const { name, packed, size, checksum } = entry;
  const start = await locateZipEntry(file, entry);
  const raw = await file.read(start, packed, `'${name}'`);
  const content = isStored(entry) ? raw : await unpack(file, name, raw, size);
  if (content.length !== size || (await checksumOf(content)) !== checksum) {
    throw damagedZip(file, `'${name}' differs from its checksum: the file is damaged`);
  }
  return content;
}

/** The first bytes of a file, fewer than asked for where it is shorter or packs badly; not checked against its checksum.
 * @throws as {@link readZipEntry}. */
export async function readZipEntryStart(
  file: RandomAccessFile,
  entry: ZipEntry,
  length: number,
): Promise<Buffer> {
  const start = await locateZipEntry(file, entry);
  const raw = await file.read(start, Math.min(entry.packed, length), `'${entry.name}'`);
  if (isStored(entry)) return raw;
  const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(64, length * 2) };
  const content = await inflateWhole(raw, options).catch((cause: unknown) => {
    throw damagedZip(file, `'${entry.name}' cannot be unpacked`, cause);
  });
  return content.subarray(0, length);
}

async function unpack(file: RandomAccessFile, name: string, raw: Buffer, size: number): Promise<Buffer> {
  try {
    // One chunk for all that packs as data do: several are joined at the end, at the cost of the event loop.
    const chunkSize = Math.max(64, Math.min(size + 1, raw.length * usualRatio + pieceBytes));
    return await inflateWhole(raw, { maxOutputLength: Math.max(1, size), chunkSize });
  } catch (cause) {
    throw damagedZip(file, `'${name}' cannot be unpacked`, cause);
  }
}
