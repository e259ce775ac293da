import { extname } from 'node:path';
import { listMat5, readMat5Numbers } from '../data/formats/mat/mat5-variables.js';
import { MemorySource } from '../data/formats/memory-source.js';
import { npyTypeName, readNpyHeader } from '../data/formats/numpy/npy-header.js';
import { decodeStored, storedWidth } from '../data/formats/stored-types.js';
import type { ByteSource } from '../data/formats/strided.js';
import { DataError } from '../errors.js';
import { RandomAccessFile } from '../io/file.js';
import { readZipDirectory, readZipEntry } from '../io/zip.js';

/** A small array of numbers of a file: `at(row, column)` of its two axes; a vector is a single row. */
export interface SmallMatrix {
  name: string;
  rows: number;
  columns: number;
  at(row: number, column: number): number;
}

/** Values of the largest array that is looked at: a response has some hundred. */
const mostValues = 2 ** 16;

function matrixOf(
  name: string,
  shape: readonly number[],
  values: ArrayLike<number>,
  rowsFastest: boolean,
): SmallMatrix {
  const [rows = 1, columns = 1] = shape.length === 1 ? [1, shape[0]] : shape;
  const at = (row: number, column: number) =>
    values[rowsFastest ? column * rows + row : row * columns + column] ?? 0;
  return { name, rows, columns, at };
}

const isSmall = (shape: readonly number[]): boolean =>
  shape.length >= 1 && shape.length <= 2 && shape.reduce((product, axis) => product * axis, 1) <= mostValues;

async function npyMatrix(source: ByteSource, name: string): Promise<SmallMatrix[]> {
  const header = await readNpyHeader(source);
  const { stored, shape, start, littleEndian, fortranOrder } = header;
  if (stored === null) {
    throw new DataError(
      'DATA_TYPE',
      `${source.path}: '${name}' holds ${npyTypeName(header)}, not real numbers`,
    );
  }
  if (!isSmall(shape)) return [];
  const count = shape.reduce((product, axis) => product * axis, 1);
  const bytes = await source.read(start, count * storedWidth(stored), `'${name}'`);
  const values = decodeStored(source.path, stored, bytes, littleEndian);
  return [matrixOf(name, shape, values, fortranOrder)];
}

async function npzMatrices(file: RandomAccessFile): Promise<SmallMatrix[]> {
  const entries = await readZipDirectory(file);
  const found: SmallMatrix[] = [];
  for (const entry of entries.values()) {
    if (!entry.name.endsWith('.npy') || entry.size > 16 * mostValues) continue;
    const name = entry.name.slice(0, -'.npy'.length);
    const content = await readZipEntry(file, entry);
    found.push(...(await npyMatrix(new MemorySource(file.path, content), name)));
  }
  return found;
}

async function matMatrices(file: RandomAccessFile): Promise<SmallMatrix[]> {
  const found: SmallMatrix[] = [];
  for (const variable of await listMat5(file)) {
    const { name, numeric, complex, shape } = variable;
    if (!numeric || complex || !isSmall(shape)) continue;
    found.push(matrixOf(name, shape, await readMat5Numbers(file, variable), true));
  }
  return found;
}

const readers: Readonly<Record<string, (file: RandomAccessFile) => Promise<SmallMatrix[]>>> = {
  '.npy': (file) => npyMatrix(file, 'the array'),
  '.npz': npzMatrices,
  '.mat': matMatrices,
};

/** Whether a name is of a container of small arrays. */
export function isMatrixFile(path: string): boolean {
  return Object.hasOwn(readers, extname(path).toLowerCase());
}

/** The vectors and matrices of a `.npy`, `.npz` or MATLAB v5 file; larger arrays are left out.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_TRUNCATED`, `DATA_DAMAGED`, `DATA_TYPE`, `DATA_UNSUPPORTED`. */
export async function readMatrices(path: string): Promise<SmallMatrix[]> {
  const read = readers[extname(path).toLowerCase()];
  return read === undefined ? [] : RandomAccessFile.use(path, 'DATA', read);
}
