import { promisify } from 'node:util';
import { constants, createInflate, inflate } from 'node:zlib';
import { DataError } from '../../errors.js';

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

const widths = new Map<number, number>([
  [storage.int8, 1],
  [storage.uint8, 1],
  [storage.int16, 2],
  [storage.uint16, 2],
  [storage.int32, 4],
  [storage.uint32, 4],
  [storage.single, 4],
  [storage.double, 8],
  [storage.int64, 8],
  [storage.uint64, 8],
  [storage.utf8, 1],
  [storage.utf16, 2],
]);

/** Bytes of one value of a storage type; undefined for types that hold no numbers. */
export function storageWidth(type: number): number | undefined {
  return widths.get(type);
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

/** The values of an element as a typed array in memory of its own, in this machine's byte order. Takes `bytes` over. */
export function decodeNumbers(
  file: string,
  type: number,
  bytes: Buffer,
  littleEndian: boolean,
): Exclude<NodeJS.TypedArray, Uint8ClampedArray> {
  const width = storageWidth(type);
  if (width === undefined) throw damagedMat(file, `values of unknown type ${type}`);
  if (bytes.length % width !== 0)
    throw damagedMat(file, `${bytes.length} bytes do not hold whole values of ${width}`);
  const aligned = bytes.byteOffset % width === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  if (!littleEndian) {
    if (width === 2) aligned.swap16();
    if (width === 4) aligned.swap32();
    if (width === 8) aligned.swap64();
  }
  const place = [aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width] as const;
  if (type === storage.int8) return new Int8Array(...place);
  if (type === storage.int16) return new Int16Array(...place);
  if (type === storage.uint16 || type === storage.utf16) return new Uint16Array(...place);
  if (type === storage.int32) return new Int32Array(...place);
  if (type === storage.uint32) return new Uint32Array(...place);
  if (type === storage.single) return new Float32Array(...place);
  if (type === storage.double) return new Float64Array(...place);
  if (type === storage.int64) return new BigInt64Array(...place);
  if (type === storage.uint64) return new BigUint64Array(...place);
  return new Uint8Array(...place);
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
