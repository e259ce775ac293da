import { type Scores, scoreNames } from '../metrics/index.js';

/** A line of a table of scores: a scene, a mean, a line to beat. */
export interface ScoreLine {
  name: string;
  scores: Scores;
}

/** How each score is headed and how many decimals it is shown with. An arrow says which way is better. */
const columns: Readonly<Record<(typeof scoreNames)[number], { title: string; decimals: number }>> = {
  psnr: { title: 'PSNR ↑', decimals: 2 },
  psnrBand: { title: 'PSNR (bands) ↑', decimals: 2 },
  rmse: { title: 'RMSE ↓', decimals: 4 },
  mrae: { title: 'MRAE ↓', decimals: 3 },
  ssim: { title: 'SSIM ↑', decimals: 4 },
  sam: { title: 'SAM ↓', decimals: 2 },
  ergas: { title: 'ERGAS ↓', decimals: 2 },
};

const inWords = (value: number, decimals: number): string => {
  if (Number.isFinite(value)) return value.toFixed(decimals);
  return value === Infinity ? 'inf' : value === -Infinity ? '-inf' : 'n/a';
};

/** A Markdown table of scores, columns aligned so that it reads as plain text too. */
export function markdownTable(lines: readonly ScoreLine[]): string {
  const cells = [
    ['scene', ...scoreNames.map((name) => columns[name].title)],
    ...lines.map(({ name, scores }) => [
      name.replaceAll('|', '\\|'),
      ...scoreNames.map((score) => inWords(scores[score], columns[score].decimals)),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const rowOf = (row: readonly string[]): string => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...body] = cells;
  return `${[rowOf(head), rowOf(rule), ...body.map(rowOf)].join('\n')}\n`;
}

/** The same as CSV with a header, every digit kept; infinite and undefined scores are `inf` and `nan`. */
export function csvTable(lines: readonly ScoreLine[]): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cell = (value: number): string =>
    Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
  const rows = lines.map(({ name, scores }) =>
    [quoted(name), ...scoreNames.map((score) => cell(scores[score]))].join(','),
  );
  return `${[['scene', ...scoreNames].join(','), ...rows].join('\n')}\n`;
}
