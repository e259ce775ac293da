import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { DataError } from '../errors.js';
import { fileError } from '../io/file.js';
import type { CameraResponse } from './response.js';

/** A line of a text table. */
export interface Line {
  number: number;
  cells: string[];
}

/** Header words of each column; two greens (Bayer cameras) are averaged. */
const columnWords = {
  wavelength: /^(wavelength|wavelengths|lambda|wl|nm)/i,
  red: /^(r|red|x)$/i,
  green: /^(g|g1|g2|green|y)$/i,
  blue: /^(b|blue|z)$/i,
};

function badTable(file: string, line: number, what: string): DataError {
  return new DataError('DATA_RESPONSE', `${file}: line ${line}: ${what}; expected wavelength_nm,R,G,B`);
}

/** Cells of the lines that are neither empty nor a comment. Semicolon, tab, comma or blanks part them; beside
 * semicolons and tabs, a comma is a decimal point. */
export function splitLines(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((raw, i) => ({ number: i + 1, raw: raw.replace(/[#%].*$/, '').trim() }))
    .filter(({ raw }) => raw !== '')
    .map(({ number, raw }) => {
      if (/[;\t]/.test(raw)) {
        return { number, cells: raw.split(/[;\t]/).map((cell) => cell.trim().replace(',', '.')) };
      }
      return { number, cells: raw.split(raw.includes(',') ? /\s*,\s*/ : /\s+/) };
    })
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
}

/** Where each quantity stands: by the header's words, or the first four columns without one. */
function findColumns(file: string, first: Line | undefined): { columns: number[][]; header: boolean } {
  if (first === undefined) throw new DataError('DATA_RESPONSE', `${file}: no line of numbers in it`);
  if (first.cells.every((cell) => cell === '' || Number.isFinite(Number(cell)))) {
    return { columns: [[0], [1], [2], [3]], header: false };
  }
  const words = first.cells.map((cell) => cell.replace(/^["']|["']$/g, ''));
  const columns = Object.values(columnWords).map((pattern) =>
    words.flatMap((word, i) => (pattern.test(word) ? [i] : [])),
  );
  const missing = Object.keys(columnWords).filter((_, i) => columns[i]?.length === 0);
  if (missing.length > 0)
    throw badTable(file, first.number, `no column for ${missing.join(', ')} in '${words.join(',')}'`);
  return { columns, header: true };
}

function readRow(file: string, { number, cells }: Line, columns: readonly number[][]): number[] {
  return columns.map((places) => {
    const values = places.map((place) => {
      const cell = cells[place];
      const value = cell === undefined || cell === '' ? Number.NaN : Number(cell);
      if (Number.isFinite(value)) return value;
      throw badTable(file, number, `'${cell ?? ''}' is not a number`);
    });
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function checkRows(file: string, rows: readonly number[][]): void {
  if (rows.length < 2)
    throw new DataError('DATA_RESPONSE', `${file}: ${rows.length} line of numbers; at least 2 are needed`);
  const twin = rows.find((row, i) => i > 0 && row[0] === rows[i - 1]?.[0]);
  if (twin !== undefined) throw new DataError('DATA_RESPONSE', `${file}: ${twin[0]} nm comes twice`);
  const [low = 0, high = 0] = [rows[0]?.[0], rows.at(-1)?.[0]];
  if (low < 100 || high > 30000) {
    throw new DataError(
      'DATA_RESPONSE',
      `${file}: wavelengths from ${low} to ${high}; nanometers were expected`,
    );
  }
  for (const channel of [1, 2, 3]) {
    const sum = rows.reduce((total, row) => total + (row[channel] ?? 0), 0);
    if (!(sum > 0))
      throw new DataError('DATA_RESPONSE', `${file}: channel ${'RGB'[channel - 1]} sums to ${sum}`);
  }
}

/** Reads a camera's response from a text table: wavelength in nm, then R, G, B, in the order of the header or, without
 * one, as first four columns; `#` starts a comment; comma, semicolon, tab or blanks part the cells; lines in any order.
 * @returns values as in the file, ascending.
 * @throws {DataError} `DATA_MISSING`, `DATA_RESPONSE` with the line. */
export async function readResponseCsv(file: string): Promise<CameraResponse> {
  if (/\.xlsx?$/i.test(file)) {
    throw new DataError(
      'DATA_RESPONSE',
      `${file}: a spreadsheet; save its sheet as CSV, with a header that names nm, R, G and B`,
    );
  }
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw fileError('DATA', file, cause);
  });
  const lines = splitLines(text);
  const { columns, header } = findColumns(file, lines[0]);
  const rows = lines.slice(header ? 1 : 0).map((line) => readRow(file, line, columns));
  rows.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  checkRows(file, rows);
  return {
    name: basename(file, extname(file)),
    wavelengths: rows.map((row) => row[0] ?? 0),
    table: Float64Array.from(rows.flatMap((row) => row.slice(1))),
    source: `the table ${basename(file)} of the user`,
  };
}
