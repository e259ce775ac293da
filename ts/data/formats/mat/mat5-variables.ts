import { DataError } from '../../../errors.js';
import type { RandomAccessFile } from '../../../io/file.js';
import {
  damagedMat,
  inflateAll,
  inflateHead,
  readTag,
  storage,
  storedTypeOf,
  type Tag,
} from './mat5-elements.js';
import type { StoredArray } from '../cube-choice.js';
import { MemorySource } from '../memory-source.js';
import { decodeStored, type StoredType, storedWidth } from '../stored-types.js';
import type { ByteSource } from '../strided.js';

const classNames: Record<number, string> = {
  1: 'cell',
  2: 'struct',
  3: 'object',
  4: 'char',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
  16: 'function',
  17: 'opaque',
};

const headerBytes = 128;
/** Name and sizes of a variable lie within its first bytes. */
const headBytes = 4096;
const mostDimensions = 32;

/** A variable of a v5 file: what its head says, and where its values are. */
export interface Mat5Variable extends StoredArray {
  /** Storage type of the real part (`mi...`), which can be smaller than the class. */
  stored: number;
  place: { offset: number; bytes: number; compressed: boolean };
  /** Size of the matrix element with its tag, unpacked; place and size of the real part in it. */
  size: number;
  values: Tag | null;
  littleEndian: boolean;
}

/** Byte order of a v5 file.
 * @throws {DataError} `DATA_FORMAT`, `DATA_UNSUPPORTED`, `DATA_TRUNCATED`. */
async function byteOrder(file: RandomAccessFile): Promise<boolean> {
  const header = await file.read(0, headerBytes, 'the header of a MATLAB v5 file');
  const mark = header.toString('latin1', 126, 128);
  if (mark !== 'IM' && mark !== 'MI')
    throw new DataError('DATA_FORMAT', `${file.path}: not a MATLAB v5 file`);
  const littleEndian = mark === 'IM';
  const version = littleEndian ? header.readUInt16LE(124) : header.readUInt16BE(124);
  if (version !== 0x0100) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${file.path}: a MATLAB file of version 0x${version.toString(16)}, not v5`,
    );
  }
  return littleEndian;
}

/** Sizes of the array, from its second element. */
function readShape(file: string, head: Buffer, tag: Tag, littleEndian: boolean): number[] {
  const count = tag.bytes / 4;
  if (tag.type !== storage.int32 || !Number.isInteger(count) || count < 1 || count > mostDimensions) {
    throw damagedMat(file, `a variable with ${tag.bytes} bytes of sizes of type ${tag.type}`);
  }
  if (tag.start + tag.bytes > head.length) throw damagedMat(file, 'a variable ends inside its sizes');
  const at = (i: number) => tag.start + i * 4;
  const sizes = Array.from({ length: count }, (_, i) =>
    littleEndian ? head.readInt32LE(at(i)) : head.readInt32BE(at(i)),
  );
  if (sizes.some((size) => size < 0)) throw damagedMat(file, `a variable of size ${sizes.join(' x ')}`);
  return sizes;
}

function readName(file: string, head: Buffer, tag: Tag): string {
  if (tag.type !== storage.int8 && tag.type !== storage.utf8)
    throw damagedMat(file, 'a variable without a name');
  if (tag.start + tag.bytes > head.length) throw damagedMat(file, 'a variable ends inside its name');
  return head.toString('utf8', tag.start, tag.start + tag.bytes);
}

/** Parses the head of a matrix element: flags, sizes, name and the tag of its values. */
function parseHead(file: string, head: Buffer, littleEndian: boolean): Omit<Mat5Variable, 'place'> {
  const matrix = readTag(file, head, 0, littleEndian);
  if (matrix.type !== storage.matrix)
    throw damagedMat(file, `an element of type ${matrix.type} where a variable was`);
  const size = 8 + matrix.bytes;
  const flagsTag = readTag(file, head, 8, littleEndian);
  if (flagsTag.type !== storage.uint32 || flagsTag.bytes !== 8 || head.length < flagsTag.next) {
    throw damagedMat(file, 'a variable without flags');
  }
  const flags = littleEndian ? head.readUInt32LE(flagsTag.start) : head.readUInt32BE(flagsTag.start);
  const type = classNames[flags & 0xff];
  if (type === undefined) throw damagedMat(file, `a variable of unknown class ${flags & 0xff}`);
  const facts = {
    type,
    logical: (flags & 0x0200) !== 0,
    complex: (flags & 0x0800) !== 0,
    size,
    littleEndian,
  };
  // Opaque objects have their own layout; nothing of theirs can be a cube.
  if (type === 'opaque') return { ...facts, name: '', shape: [], numeric: false, stored: 0, values: null };
  const shapeTag = readTag(file, head, flagsTag.next, littleEndian);
  const shape = readShape(file, head, shapeTag, littleEndian);
  const nameTag = readTag(file, head, shapeTag.next, littleEndian);
  const name = readName(file, head, nameTag);
  const numeric = (flags & 0xff) >= 6 && (flags & 0xff) <= 15;
  if (!numeric) return { ...facts, name, shape, numeric, stored: 0, values: null };
  const values = readTag(file, head, nameTag.next, littleEndian);
  checkValues(file, name, shape, values, size);
  return { ...facts, name, shape, numeric, stored: values.type, values };
}

/** The values must fill the sizes, and lie within the variable. */
function checkValues(file: string, name: string, shape: number[], values: Tag, size: number): void {
  const type = storedTypeOf(values.type);
  if (type === undefined) throw damagedMat(file, `'${name}' holds values of unknown type ${values.type}`);
  const width = storedWidth(type);
  const count = shape.reduce((product, axis) => product * axis, 1);
  if (values.bytes !== count * width) {
    throw damagedMat(file, `'${name}' is ${shape.join(' x ')}, but holds ${values.bytes / width} values`);
  }
  if (values.start + values.bytes > size) throw damagedMat(file, `the values of '${name}' reach beyond it`);
}

/** Lists the variables of a v5 file without unpacking or reading their values. Every element must lie within the file.
 * @throws {DataError} `DATA_TRUNCATED`, `DATA_DAMAGED`, `DATA_FORMAT`, `DATA_UNSUPPORTED`. */
export async function listMat5(file: RandomAccessFile): Promise<Mat5Variable[]> {
  const littleEndian = await byteOrder(file);
  const variables: Mat5Variable[] = [];
  for (let offset = headerBytes; offset < file.size; ) {
    const raw = await file.read(offset, 8, 'the tag of a variable');
    const tag = readTag(file.path, raw, 0, littleEndian);
    if (tag.type !== storage.matrix && tag.type !== storage.compressed) {
      throw damagedMat(file.path, `an element of type ${tag.type} at byte ${offset}`);
    }
    if (!file.holds(offset + 8, tag.bytes))
      file.truncated(offset + 8 + tag.bytes, `the variable at byte ${offset}`);
    const compressed = tag.type === storage.compressed;
    const place = {
      offset: compressed ? offset + 8 : offset,
      bytes: compressed ? tag.bytes : tag.bytes + 8,
      compressed,
    };
    const start = await file.read(place.offset, Math.min(place.bytes, headBytes), 'the head of a variable');
    const head = compressed ? await inflateHead(file.path, start) : start;
    const variable = { ...parseHead(file.path, head, littleEndian), place };
    // The unnamed array at the end holds MATLAB's own objects.
    if (variable.name !== '') variables.push(variable);
    // Compressed elements are not padded.
    offset += 8 + tag.bytes;
  }
  return variables;
}

/** Where the values of a numeric variable lie: in the file, or in what is unpacked of it. */
export interface Mat5Values {
  source: ByteSource;
  stored: StoredType;
  /** Byte of the first value. */
  start: number;
  bytes: number;
}

/** Finds the values of a numeric variable; a compressed one is unpacked whole. */
export async function locateMat5Values(
  file: RandomAccessFile,
  { name, place, values, size, type }: Mat5Variable,
): Promise<Mat5Values> {
  const stored = values === null ? undefined : storedTypeOf(values.type);
  if (values === null || stored === undefined)
    throw new DataError('DATA_TYPE', `${file.path}: '${name}' is a ${type}, not numbers`);
  const { start, bytes } = values;
  if (!place.compressed) return { source: file, stored, start: place.offset + start, bytes };
  const packed = await file.read(place.offset, place.bytes, `'${name}'`);
  const body = await inflateAll(file.path, name, packed, size);
  return { source: new MemorySource(file.path, body), stored, start, bytes };
}

/** The values of a small numeric variable, first index fastest. */
export async function readMat5Numbers(file: RandomAccessFile, variable: Mat5Variable): Promise<number[]> {
  const { source, stored, start, bytes } = await locateMat5Values(file, variable);
  const found = await source.read(start, bytes, `'${variable.name}'`);
  return Array.from(decodeStored(file.path, stored, found, variable.littleEndian));
}
