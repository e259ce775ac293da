import { promisify } from 'node:util';
import { constants, createInflate, inflate } from 'node:zlib';
import { DataError } from '../../../errors.js';
import type { StoredType } from '../stored-types.js';

/** Storage types of a MATLAB v5 element (`mi...`), and the element types that hold others. */
export const storage = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
} as const;

const types = new Map<number, StoredType>([
  [storage.int8, 'int8'],
  [storage.uint8, 'uint8'],
  [storage.int16, 'int16'],
  [storage.uint16, 'uint16'],
  [storage.int32, 'int32'],
  [storage.uint32, 'uint32'],
  [storage.single, 'float32'],
  [storage.double, 'float64'],
  [storage.int64, 'int64'],
  [storage.uint64, 'uint64'],
  [storage.utf8, 'uint8'],
  [storage.utf16, 'uint16'],
]);

/** How values of a storage type lie in the file; undefined for types that hold no numbers. */
export function storedTypeOf(type: number): StoredType | undefined {
  return types.get(type);
}

/** Deflate makes at most 1032 bytes of one; a tag that promises more is damaged or a trap. */
const largestRatio = 1032;

export function damagedMat(file: string, what: string, cause?: unknown): DataError {
  const options = cause === undefined ? undefined : { cause };
  return new DataError('DATA_DAMAGED', `${file}: damaged MATLAB v5 file: ${what}`, options);
}

/** Type, size and place of an element's values. */
export interface Tag {
  type: number;
  bytes: number;
  /** Where the values start, and where the next element does. */
  start: number;
  next: number;
}

/** Reads the tag at `offset`: 8 bytes, or the packed form, which has size and type in one word and up to four bytes of
 * values behind it. */
export function readTag(file: string, body: Buffer, offset: number, littleEndian: boolean): Tag {
  if (offset + 8 > body.length) throw damagedMat(file, 'an element ends inside its tag');
  const word = (at: number) => (littleEndian ? body.readUInt32LE(at) : body.readUInt32BE(at));
  const first = word(offset);
  const packed = first >>> 16;
  if (packed !== 0) {
    if (packed > 4) throw damagedMat(file, `a packed element of ${packed} bytes`);
    return { type: first & 0xffff, bytes: packed, start: offset + 4, next: offset + 8 };
  }
  const bytes = word(offset + 4);
  return { type: first, bytes, start: offset + 8, next: offset + 8 + Math.ceil(bytes / 8) * 8 };
}

const inflateWhole = promisify(inflate);

/** The first bytes of a compressed element: enough for its name and sizes. */
export async function inflateHead(file: string, compressed: Buffer): Promise<Buffer> {
  try {
    return await inflateWhole(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw damagedMat(file, 'a compressed variable cannot be unpacked', cause);
  }
}

/** All of a compressed element, whose unpacked size is known from its own tag. */
export async function inflateAll(
  file: string,
  name: string,
  compressed: Buffer,
  size: number,
): Promise<Buffer> {
  if (size > compressed.length * largestRatio) {
    throw damagedMat(
      file,
      `'${name}' claims ${size} bytes, too many for ${compressed.length} compressed ones`,
    );
  }
  const target = Buffer.from(new ArrayBuffer(size));
  let filled = 0;
  try {
    const stream = createInflate({ chunkSize: 1 << 18 });
    stream.end(compressed);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (filled + piece.length > size) throw new Error('it unpacks to more than its own size');
      filled += piece.copy(target, filled);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw damagedMat(file, `'${name}' cannot be unpacked (${why})`, cause);
  }
  if (filled < size) throw damagedMat(file, `'${name}' unpacks to ${filled} bytes instead of ${size}`);
  return target;
}
