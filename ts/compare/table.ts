import { alignedTable, csvNumber, inWords, scoreColumns, titled } from '../evaluate/index.js';
import { scoreNames } from '../metrics/index.js';
import type { CompareRecord, CompareRow } from './record.js';

/** A column: its heads, the numbers of a row, and which way is better (0: neither). */
interface Column {
  title: string;
  csv: string;
  better: -1 | 0 | 1;
  value(row: CompareRow): number;
  text(value: number): string;
}

const decimals = (digits: number) => (value: number) => inWords(value, digits);

const columns: readonly Column[] = [
  {
    title: 'Parameters (M)',
    csv: 'parameters',
    better: 0,
    value: (row) => row.parameters,
    text: (value) => decimals(3)(value / 1e6),
  },
  {
    title: 'GFLOP at 128',
    csv: 'operations',
    better: 0,
    value: (row) => row.operations,
    text: (value) => decimals(1)(value / 1e9),
  },
  { title: 'Steps', csv: 'steps', better: 0, value: (row) => row.steps, text: decimals(0) },
  {
    title: 's/step',
    csv: 'seconds_per_step',
    better: 0,
    value: (row) => row.seconds / Math.max(1, row.steps),
    text: decimals(3),
  },
  ...scoreNames.map((name): Column => {
    const { title, better, decimals: digits } = scoreColumns[name];
    return { title, csv: name, better, value: (row) => row.mean[name], text: decimals(digits) };
  }),
];

/** A table as cells: what every format is written from. */
interface Cells {
  head: string[];
  body: string[][];
  /** Whether a cell of the body is the best of its column within its paradigm. */
  best: boolean[][];
}

function isRow(row: CompareRecord['rows'][number]): row is CompareRow {
  return !('error' in row);
}

/** The line to beat as a row, without what only a training has. */
function baselineRow({ baseline, rows }: CompareRecord): CompareRow[] {
  if (baseline === null) return [];
  const none = { parameters: Number.NaN, operations: Number.NaN, steps: Number.NaN, seconds: Number.NaN };
  const paradigm = rows[0]?.paradigm ?? 'supervised';
  return [{ model: 'rootpoly (the line to beat)', paradigm, ...none, ...baseline }];
}

function cellsOf(record: CompareRecord): Cells {
  const ran = record.rows.filter(isRow);
  const bestOf = (column: Column, paradigm: string): number => {
    const values = ran
      .filter((row) => row.paradigm === paradigm)
      .map((row) => column.better * column.value(row));
    return Math.max(...values.filter((value) => !Number.isNaN(value)));
  };
  const textOf = (row: CompareRow): string[] =>
    columns.map((column) => {
      const value = column.value(row);
      return Number.isNaN(value) && column.better === 0 ? '' : column.text(value);
    });
  const body: string[][] = [];
  const best: boolean[][] = [];
  for (const row of record.rows) {
    body.push(
      isRow(row)
        ? [row.model, row.paradigm, ...textOf(row)]
        : [row.model, row.paradigm, `failed: ${row.error.code}`, ...columns.slice(1).map(() => '')],
    );
    best.push([
      false,
      false,
      ...columns.map(
        (column) =>
          isRow(row) &&
          column.better !== 0 &&
          column.better * column.value(row) === bestOf(column, row.paradigm),
      ),
    ]);
  }
  for (const row of baselineRow(record)) {
    body.push([row.model, '', ...textOf(row)]);
    best.push([]);
  }
  const head = ['Network', 'Paradigm', ...columns.map(titled)];
  return { head, body, best };
}

/** A Markdown table, columns aligned so that it reads as plain text; the best of each column within a paradigm in bold. */
export function compareMarkdown(record: CompareRecord): string {
  const { head, body, best } = cellsOf(record);
  const shown = body.map((row, i) => row.map((cell, j) => (best[i]?.[j] === true ? `**${cell}**` : cell)));
  return alignedTable([head, ...shown], 2);
}

/** CSV with a header, every digit kept; a failure has its code in `error`. */
export function compareCsv(record: CompareRecord): string {
  const header = ['model', 'paradigm', ...columns.map(({ csv }) => csv), 'error'];
  const rows = [...record.rows, ...baselineRow(record)].map((row) =>
    isRow(row)
      ? [row.model, row.paradigm, ...columns.map((column) => csvNumber(column.value(row), '')), '']
      : [row.model, row.paradigm, ...columns.map(() => ''), row.error.code],
  );
  return `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** A LaTeX tabular in the booktabs style; the best of each column within a paradigm in bold. */
export function compareLatex(record: CompareRecord): string {
  const { head, body, best } = cellsOf(record);
  const escaped = (text: string): string =>
    text
      .replaceAll(/[&%$#_{}]/g, '\\$&')
      .replaceAll('↑', '$\\uparrow$')
      .replaceAll('↓', '$\\downarrow$');
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  return `${[
    '% needs \\usepackage{booktabs}',
    `\\begin{tabular}{ll${'r'.repeat(columns.length)}}`,
    '\\toprule',
    line(head.map(escaped)),
    '\\midrule',
    ...body.map((row, i) =>
      line(row.map((cell, j) => (best[i]?.[j] === true ? `\\textbf{${escaped(cell)}}` : escaped(cell)))),
    ),
    '\\bottomrule',
    '\\end{tabular}',
  ].join('\n')}\n`;
}
