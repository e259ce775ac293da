import { DataError } from '../../../errors.js';
import type { StoredType } from '../stored-types.js';
import type { ByteSource } from '../strided.js';

/** What the header of a `.npy` says. */
export interface NpyHeader {
  /** NumPy's own word for the type, without the byte order: `f4`, `b1`, ... or the text of a structured one. */
  descr: string;
  /** The type as we read it; null for those that are not real numbers. */
  stored: StoredType | null;
  littleEndian: boolean;
  fortranOrder: boolean;
  shape: number[];
  /** Byte of the first value. */
  start: number;
}

const magic = '\x93NUMPY';
/** Headers of arrays have some hundred bytes; only structured types come near. */
const longestHeader = 1 << 20;
const mostAxes = 32;

const storedTypes: Readonly<Record<string, StoredType>> = {
  // One byte each, 0 or 1.
  b1: 'uint8',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Letters of types that are no real numbers. */
const otherTypes: Readonly<Record<string, string>> = {
  O: 'Python objects',
  c: 'complex numbers',
  S: 'byte strings',
  a: 'byte strings',
  U: 'strings',
  V: 'raw bytes',
  M: 'dates',
  m: 'spans of time',
};

/** Whether the first bytes are of a `.npy`. */
export function isNpy(firstBytes: Uint8Array): boolean {
  return Buffer.from(firstBytes.subarray(0, magic.length)).toString('latin1') === magic;
}

/** What a type is, in words. */
export function npyTypeName({ descr, stored }: Pick<NpyHeader, 'descr' | 'stored'>): string {
  if (descr === 'b1') return 'logical';
  if (stored !== null) return stored;
  if (descr.startsWith('[')) return 'structured records';
  if (/^f(12|16)$/.test(descr)) return `${descr} (long double)`;
  const what = otherTypes[descr[0] ?? ''];
  return what === undefined ? descr.slice(0, 40) : `${what} (${descr.slice(0, 40)})`;
}

function damaged(file: string, what: string): DataError {
  return new DataError('DATA_DAMAGED', `${file}: not a sound .npy: ${what}`);
}

/** The text of the header and where it ends. */
async function headerText(source: ByteSource): Promise<{ text: string; end: number }> {
  const file = source.path;
  const head = await source.read(0, 10, 'the header');
  const major = head[6] ?? 0;
  if (!isNpy(head)) throw damaged(file, 'its first bytes are others');
  if (major < 1 || major > 3) throw damaged(file, `version ${major}.${head[7]}; 1 to 3 are read`);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? head.readUInt16LE(8) : (await source.read(8, 4, 'the header')).readUInt32LE();
  if (length > longestHeader) throw damaged(file, `a header of ${length} bytes (at most ${longestHeader})`);
  const bytes = await source.read(start, length, 'the header');
  return { text: bytes.toString(major === 3 ? 'utf8' : 'latin1'), end: start + length };
}

// On text whose white space has been made single blanks: nothing here can be matched in more than one way, so that no
// header takes long.
const value = String.raw`'[^']*'|True|False|\([\d, L]*\)`;
const dictionary = new RegExp(String.raw`^ ?\{ ?(?:'\w+' ?: ?(?:${value}) ?(?:, ?)?){3}\} ?$`);
const entry = new RegExp(`'(descr|fortran_order|shape)' ?: ?(${value})`, 'g');

/** The literal dict of the header: exactly its three keys, and no more of Python than they need. */
function entriesOf(file: string, text: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const plain = text.replace(/\s+/g, ' ');
  if (/'descr' ?: ?\[/.test(plain)) return { descr: '[', fortranOrder: false, shape: [] };
  const entries = dictionary.test(plain) ? [...plain.matchAll(entry)] : [];
  const found = new Map(entries.map(([, key, text = '']) => [key, text]));
  const [descr, order, axes] = ['descr', 'fortran_order', 'shape'].map((key) => found.get(key));
  const isWhole = descr?.startsWith("'") && /^(True|False)$/.test(order ?? '') && axes?.startsWith('(');
  if (!isWhole) throw damaged(file, `its header is not understood: ${plain.slice(0, 80)}`);
  const sizes = (axes ?? '').match(/\d+/g) ?? [];
  const shape = sizes.map(Number);
  if (shape.length > mostAxes || !shape.every(Number.isSafeInteger)) {
    throw damaged(file, `its shape is ${(axes ?? '').slice(0, 80)}`);
  }
  return { descr: (descr ?? '').slice(1, -1), fortranOrder: order === 'True', shape };
}

/** Reads the header of a `.npy`: versions 1 to 3.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_TRUNCATED`. */
export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  const { text, end } = await headerText(source);
  const { descr, fortranOrder, shape } = entriesOf(source.path, text);
  const [, order = '=', type = descr] = /^([<>|=])(.+)$/.exec(descr) ?? [];
  return {
    descr: type,
    stored: Object.hasOwn(storedTypes, type) ? (storedTypes[type] ?? null) : null,
    // '=' is the byte order of the machine that wrote: written files name it, and today's are little-endian.
    littleEndian: order !== '>',
    fortranOrder,
    shape,
    start: end,
  };
}
