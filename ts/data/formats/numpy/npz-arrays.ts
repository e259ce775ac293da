import { DataError } from '../../../errors.js';
import type { RandomAccessFile } from '../../../io/file.js';
import {
  isStored,
  locateZipEntry,
  readZipDirectory,
  readZipEntry,
  readZipEntryStart,
  type ZipEntry,
} from '../../../io/zip.js';
import type { StoredArray } from '../cube-choice.js';
import { FileRange } from '../file-range.js';
import { MemorySource } from '../memory-source.js';
import type { SizedSource } from './npy-cube.js';
import { type NpyHeader, npyTypeName, readNpyHeader } from './npy-header.js';
import { decodeStored, storedWidth } from '../stored-types.js';

/** An array of a `.npz`. */
export interface NpzArray extends StoredArray {
  entry: ZipEntry;
  /** Null for a file whose header is not understood. */
  header: NpyHeader | null;
}

/** Enough for every header but those of large structured types. */
const headerBytes = 2048;
/** Listing more would take long. */
const mostArrays = 1000;
/** No measured cube packs better; more is a zip bomb. */
const largestGrowth = 200;
const smallestAllowance = 1 << 26;

function isMissing(cause: unknown): boolean {
  return cause instanceof DataError && (cause.code === 'DATA_DAMAGED' || cause.code === 'DATA_TRUNCATED');
}

async function describe(file: RandomAccessFile, entry: ZipEntry): Promise<NpzArray> {
  const start = await readZipEntryStart(file, entry, Math.min(headerBytes, entry.size));
  const header = await readNpyHeader(new MemorySource(`${file.path}:${entry.name}`, start)).catch((cause) => {
    if (isMissing(cause)) return null;
    throw cause;
  });
  const name = entry.name.replace(/\.npy$/, '');
  if (header === null) {
    const unknown = { numeric: false, logical: false, complex: false };
    return { name, type: 'no array that is read', shape: [], ...unknown, entry, header };
  }
  const { descr, stored, shape } = header;
  const [logical, complex] = [descr === 'b1', /^c\d/.test(descr)];
  return {
    name,
    type: npyTypeName(header),
    shape,
    numeric: stored !== null || complex,
    logical,
    complex,
    entry,
    header,
  };
}

/** The arrays of a `.npz`, by the start of each.
 * @throws {DataError} `DATA_TRUNCATED`, `DATA_DAMAGED`, `DATA_UNSUPPORTED`. */
export async function listNpz(file: RandomAccessFile): Promise<NpzArray[]> {
  const entries = [...(await readZipDirectory(file)).values()].filter(({ name }) => name.endsWith('.npy'));
  if (entries.length > mostArrays) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${file.path}: ${entries.length} arrays; more than ${mostArrays} are not read`,
    );
  }
  const arrays: NpzArray[] = [];
  for (const entry of entries) arrays.push(await describe(file, entry));
  return arrays;
}

/** The bytes of an array: those of the file itself where they lie bare in it, else unpacked.
 * @throws {DataError} `DATA_DAMAGED` (a zip bomb, too), `DATA_TRUNCATED`. */
export async function openNpzEntry(file: RandomAccessFile, entry: ZipEntry): Promise<SizedSource> {
  const { name, packed, size } = entry;
  if (isStored(entry)) return new FileRange(file, await locateZipEntry(file, entry), size);
  if (size > Math.max(smallestAllowance, packed * largestGrowth)) {
    throw new DataError(
      'DATA_DAMAGED',
      `${file.path}: '${name}' would unpack ${packed} bytes to ${size}: a zip bomb; write it with numpy.savez if it is none`,
    );
  }
  return new MemorySource(`${file.path}:${name}`, await readZipEntry(file, entry));
}

/** The numbers of a small array, such as wavelengths; null where they are not numbers, or too few bytes.
 * @throws as {@link openNpzEntry}. */
export async function readNpzNumbers(file: RandomAccessFile, array: NpzArray): Promise<number[] | null> {
  const { header, entry } = array;
  if (header?.stored == null) return null;
  const count = header.shape.reduce((product, size) => product * size, 1);
  const bytes = count * storedWidth(header.stored);
  if (header.start + bytes > entry.size) return null;
  const source = await openNpzEntry(file, entry);
  const values = await source.read(header.start, bytes, `'${entry.name}'`);
  return Array.from(decodeStored(file.path, header.stored, values, header.littleEndian));
}
