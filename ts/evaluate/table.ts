import { bandScoreNames, type SceneScores, type Scores, scoreNames } from '../metrics/index.js';
import type { ScoreInterval } from './score-interval.js';

/** A line of a table of scores: a scene, a mean, a line to beat; or the interval in which a mean lies. */
export type ScoreLine = { name: string; scores: Scores } | { name: string; interval: ScoreInterval };

/** How each score is headed, which way is better, and how many decimals it is shown with. */
export const scoreColumns: Readonly<
  Record<(typeof scoreNames)[number], { title: string; better: -1 | 1; decimals: number }>
> = {
  psnr: { title: 'PSNR', better: 1, decimals: 2 },
  psnrBand: { title: 'PSNR (bands)', better: 1, decimals: 2 },
  rmse: { title: 'RMSE', better: -1, decimals: 4 },
  mrae: { title: 'MRAE', better: -1, decimals: 3 },
  ssim: { title: 'SSIM', better: 1, decimals: 4 },
  sam: { title: 'SAM', better: -1, decimals: 2 },
  ergas: { title: 'ERGAS', better: -1, decimals: 2 },
};

/** The title of a column with an arrow that says which way is better. */
export function titled({ title, better }: { title: string; better: -1 | 0 | 1 }): string {
  return `${title}${{ '-1': ' ↓', 0: '', 1: ' ↑' }[better]}`;
}

/** A number for people: `inf`, `-inf` and `n/a` where it is none. */
export function inWords(value: number, decimals: number): string {
  if (Number.isFinite(value)) return value.toFixed(decimals);
  return value === Infinity ? 'inf' : value === -Infinity ? '-inf' : 'n/a';
}

/** A number for machines, every digit kept; infinite ones are `inf` and `-inf`, undefined ones `undefinedAs`. */
export function csvNumber(value: number, undefinedAs: string): string {
  if (Number.isNaN(value)) return undefinedAs;
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

/** Lines of cells, the head first, as a Markdown table that reads as plain text too: the first columns to the left, numbers to the
 * right. */
export function alignedTable(lines: readonly (readonly string[])[], textColumns = 1): string {
  const cells = lines.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const rowOf = (row: readonly string[]): string => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < textColumns ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...body] = cells;
  return `${[rowOf(head), rowOf(rule), ...body.map(rowOf)].join('\n')}\n`;
}

/** A Markdown table of scores. */
export function markdownTable(lines: readonly ScoreLine[]): string {
  const shown = (line: ScoreLine, score: (typeof scoreNames)[number]): string => {
    const { decimals } = scoreColumns[score];
    if ('scores' in line) return inWords(line.scores[score], decimals);
    const [low, high] = line.interval[score].map((end) => inWords(end, decimals));
    return Number.isNaN(line.interval[score][0]) ? 'n/a' : `${low} to ${high}`;
  };
  return alignedTable([
    ['scene', ...scoreNames.map((name) => titled(scoreColumns[name]))],
    ...lines.map((line) => [line.name, ...scoreNames.map((score) => shown(line, score))]),
  ]);
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same as CSV with a header, every digit kept; infinite and undefined scores are `inf` and `nan`. An interval is two lines. */
export function csvTable(lines: readonly ScoreLine[]): string {
  const row = (name: string, value: (score: (typeof scoreNames)[number]) => number): string =>
    [quoted(name), ...scoreNames.map((score) => csvNumber(value(score), 'nan'))].join(',');
  const rows = lines.flatMap((line) =>
    'scores' in line
      ? [row(line.name, (score) => line.scores[score])]
      : (['low', 'high'] as const).map((end, i) =>
          row(`${line.name}: ${end}`, (score) => line.interval[score][i] ?? Number.NaN),
        ),
  );
  return `${[['scene', ...scoreNames].join(','), ...rows].join('\n')}\n`;
}

/** The scores of each band of each scene as CSV; bands are counted from 0. */
export function bandsCsv(scenes: readonly SceneScores[]): string {
  const rows = scenes.flatMap(({ name, bands }) =>
    bands.band.map((band, i) =>
      [
        quoted(name),
        band,
        ...bandScoreNames.map((score) => csvNumber(bands[score][i] ?? Number.NaN, 'nan')),
      ].join(','),
    ),
  );
  return `${[['scene', 'band', ...bandScoreNames].join(','), ...rows].join('\n')}\n`;
}

/** The scores of each band, their mean over the scenes, as a Markdown table; empty where the scenes have other bands. */
export function bandsTable(scenes: readonly SceneScores[]): string {
  const [first] = scenes;
  if (first === undefined) return '';
  const { band } = first.bands;
  if (scenes.some(({ bands }) => bands.band.length !== band.length)) return '';
  const mean = (score: (typeof bandScoreNames)[number], i: number): number =>
    scenes.reduce((sum, { bands }) => sum + (bands[score][i] ?? Number.NaN), 0) / scenes.length;
  return alignedTable([
    ['band', ...bandScoreNames.map((name) => titled(scoreColumns[name]))],
    ...band.map((number, i) => [
      String(number),
      ...bandScoreNames.map((score) => inWords(mean(score, i), scoreColumns[score].decimals)),
    ]),
  ]);
}
