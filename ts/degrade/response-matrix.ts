import { basename, extname } from 'node:path';
import { DataError } from '../errors.js';
import { isMatrixFile, readMatrices, type SmallMatrix } from './matrix-file.js';
import type { CameraResponse } from './response.js';

const channels = 3;

/** A file and the wavelengths that follow it: `NikonD700.npy@400-700`, first and last, evenly spaced. */
const withRange = /^(.+)@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/;

/** Whether the words name a `.npy`, `.npz` or `.mat`, with or without a range. */
export function isResponseMatrix(words: string): boolean {
  return isMatrixFile(withRange.exec(words)?.[1] ?? words);
}

function badMatrix(file: string, what: string): DataError {
  return new DataError('DATA_RESPONSE', `${file}: ${what}`);
}

/** Ascending numbers that can be nanometers. */
function isWavelengths({ rows, columns, at }: SmallMatrix): boolean {
  if (Math.min(rows, columns) !== 1 || rows * columns < 2) return false;
  const values = Array.from({ length: rows * columns }, (_, i) => (rows === 1 ? at(0, i) : at(i, 0)));
  return values.every((nm, i) => nm >= 100 && nm <= 30000 && (i === 0 || nm > (values[i - 1] ?? 0)));
}

/** The only array with three rows or columns, as one row a wavelength. */
function tableOf(file: string, found: readonly SmallMatrix[]): SmallMatrix {
  const shaped = found.filter(({ rows, columns }) => {
    const [least, most] = [Math.min(rows, columns), Math.max(rows, columns)];
    return least === channels && most > channels;
  });
  const [only] = shaped;
  if (only === undefined || shaped.length > 1) {
    const shapes = found.map(({ name, rows, columns }) => `'${name}' ${rows}x${columns}`).join(', ');
    throw badMatrix(
      file,
      `one array of N x 3 or 3 x N was expected; found ${shapes || 'no array of numbers'}`,
    );
  }
  if (only.columns === channels) return only;
  return { ...only, rows: only.columns, columns: only.rows, at: (row, column) => only.at(column, row) };
}

/** The wavelengths of the rows: as the words say, else those that stand beside the table. */
function wavelengthsOf(
  file: string,
  table: SmallMatrix,
  found: readonly SmallMatrix[],
  range: readonly [from: number, to: number] | null,
): number[] {
  const { rows } = table;
  if (range !== null) {
    const [from, to] = range;
    return Array.from({ length: rows }, (_, i) => from + ((to - from) * i) / (rows - 1));
  }
  const beside = found.filter((array) => isWavelengths(array) && array.rows * array.columns === rows);
  const [only] = beside;
  if (only !== undefined && beside.length === 1) {
    return Array.from({ length: rows }, (_, i) => (only.rows === 1 ? only.at(0, i) : only.at(i, 0)));
  }
  throw badMatrix(
    file,
    `${rows} rows and no wavelengths beside them: name the first and the last, in nm, as in ${basename(file)}@400-${rows === 33 ? 720 : 700}`,
  );
}

/** Reads a camera's response from an array of a `.npy`, `.npz` or MATLAB v5 file: N x 3 or 3 x N, channels in the order R, G, B. Its
 * wavelengths are a vector of as many numbers beside it (`bands` of the NTIRE files, `F` of Nguyen's), or follow the file:
 * `NikonD700.npy@400-700`, the first and the last.
 * @returns values as in the file.
 * @throws {DataError} `DATA_RESPONSE`, and those of the containers. */
export async function readResponseMatrix(words: string): Promise<CameraResponse> {
  const [, named, from, to] = withRange.exec(words) ?? [];
  const file = named ?? words;
  const range = from === undefined || to === undefined ? null : ([Number(from), Number(to)] as const);
  if (range !== null && !(range[0] >= 100 && range[1] > range[0] && range[1] <= 30000)) {
    throw badMatrix(words, `wavelengths from ${from} to ${to}; ascending nanometers were expected`);
  }
  const found = await readMatrices(file);
  const table = tableOf(file, found);
  const values = Float64Array.from({ length: table.rows * channels }, (_, i) =>
    table.at(Math.floor(i / channels), i % channels),
  );
  for (let channel = 0; channel < channels; channel++) {
    const sum = values.reduce((total, value, i) => (i % channels === channel ? total + value : total), 0);
    if (!(sum > 0 && Number.isFinite(sum))) throw badMatrix(file, `channel ${'RGB'[channel]} sums to ${sum}`);
  }
  return {
    name: basename(file, extname(file)),
    wavelengths: wavelengthsOf(file, table, found, range),
    table: values,
    source: `'${table.name}' in ${basename(file)} of the user`,
  };
}
