import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { DataError } from '../errors.js';

/** One file in a zip, as its central directory has it. */
interface Entry {
  name: string;
  method: number;
  checksum: number;
  packed: number;
  size: number;
  offset: number;
  /** Unix permission bits, 0 when the zip has none. */
  mode: number;
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
const inExtra64 = 0xffffffff;

/** Unpacks chosen files of a zip (a Python wheel, the LibTorch archive) with no program but Node, zip64 included;
 * each file's size and checksum are checked.
 * @param target where a file goes, below `folder`, or null to leave it out.
 * @returns how many files were written.
 * @throws {DataError} `DATA_ZIP` for a damaged or foreign file. */
export async function unzip(
  file: string,
  folder: string,
  target: (name: string) => string | null,
): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const entries = await readDirectory(handle, file);
    let written = 0;
    for (const entry of entries) {
      const place = entry.name.endsWith('/') ? null : target(entry.name);
      if (place === null) continue;
      await extract(handle, file, entry, safeJoin(folder, place, file));
      written += 1;
    }
    return written;
  } finally {
    await handle.close();
  }
}

function damaged(file: string, what: string): DataError {
  return new DataError('DATA_ZIP', `${file} is not a whole zip file: ${what}; fetch it again`);
}

/** A name in a zip must not lead out of the folder. */
function safeJoin(folder: string, place: string, file: string): string {
  const plain = normalize(place);
  if (isAbsolute(plain) || plain.split(sep).includes('..')) throw damaged(file, `it holds the path ${place}`);
  return join(folder, plain);
}

async function readAt(handle: FileHandle, offset: number, length: number, file: string): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead !== length) throw damaged(file, 'it ends too early');
  return buffer;
}

/** Where the list of entries is: told by a record at the file's very end, which a comment may follow. */
async function findDirectory(
  handle: FileHandle,
  file: string,
): Promise<{ offset: number; size: number; count: number }> {
  const { size: fileSize } = await handle.stat();
  const tailSize = Math.min(fileSize, 22 + 65535 + 20);
  const tail = await readAt(handle, fileSize - tailSize, tailSize, file);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== signature.end) at -= 1;
  if (at < 0) throw damaged(file, 'its list of files is missing');
  if (at >= 20 && tail.readUInt32LE(at - 20) === signature.locator64) {
    const record = await readAt(handle, Number(tail.readBigUInt64LE(at - 12)), 56, file);
    if (record.readUInt32LE(0) !== signature.end64) throw damaged(file, 'its zip64 record is missing');
    const [count, size, offset] = [32, 40, 48].map((field) => Number(record.readBigUInt64LE(field)));
    return { count: count ?? 0, size: size ?? 0, offset: offset ?? 0 };
  }
  return {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
}

async function readDirectory(handle: FileHandle, file: string): Promise<Entry[]> {
  const { offset, size, count } = await findDirectory(handle, file);
  const directory = await readAt(handle, offset, size, file);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > size || directory.readUInt32LE(at) !== signature.entry)
      throw damaged(file, 'its list of files is cut off');
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const entry = {
      name: directory.toString('utf8', at + 46, nameEnd),
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
    };
    fillFromExtra(entry, directory.subarray(nameEnd, extraEnd));
    entries.push(entry);
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Numbers that do not fit 32 bits stand in the extra field 1, in this order, only those that did not fit. */
function fillFromExtra(entry: Entry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const key of ['size', 'packed', 'offset'] as const) {
      if (entry[key] !== inExtra64) continue;
      entry[key] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
  }
}

async function extract(handle: FileHandle, file: string, entry: Entry, to: string): Promise<void> {
  const head = await readAt(handle, entry.offset, 30, file);
  if (head.readUInt32LE(0) !== signature.local)
    throw damaged(file, `${entry.name} is not where the list says`);
  if (entry.method !== stored && entry.method !== deflated) {
    throw damaged(file, `${entry.name} is packed by method ${entry.method}`);
  }
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  await mkdir(dirname(to), { recursive: true });
  const sum = summing();
  const packed =
    entry.packed === 0
      ? []
      : createReadStream(file, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
  try {
    if (entry.method === deflated) {
      await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), sum.stream, createWriteStream(to));
    } else await pipeline(packed, sum.stream, createWriteStream(to));
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw damaged(file, `${entry.name} cannot be unpacked (${error.message})`);
    }
    throw error;
  }
  if (sum.size() !== entry.size || sum.checksum() !== entry.checksum) {
    throw damaged(file, `${entry.name} differs from its checksum`);
  }
  if (entry.mode !== 0) await chmod(to, entry.mode);
}

function summing() {
  let size = 0;
  let checksum = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
  });
  return { stream, size: () => size, checksum: () => checksum };
}
