import type { Figure } from './figure.js';
import type { Row } from './measure.js';

const columns = ['case', 'ours', '±', 'GFLOP', 'of peak', 'memory'];

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
}

function cells(row: Row, peers: readonly string[]): string[] {
  const { ours, operations, ofPeak } = row;
  const own = [
    row.name,
    milliseconds(ours.seconds),
    `${Math.round(ours.spread * 100)} %`,
    (operations / 1e9).toFixed(1),
    `${Math.round(ofPeak * 100)} %`,
    `${Math.round(ours.peakBytes / 2 ** 20)} MiB`,
  ];
  const others = peers.map((name) => {
    const peer = row.peers[name];
    return peer === undefined ? '-' : `${milliseconds(peer.seconds)} (${peer.ratio.toFixed(2)}x)`;
  });
  return [...own, ...others];
}

/** The rows as a Markdown table; what stands behind a peer's time is its time over ours. */
export function table(rows: readonly Row[]): string {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.peers)))];
  return aligned([[...columns, ...peers], ...rows.map((row) => cells(row, peers))]);
}

/** The figures as a Markdown table. */
export function figureTable(figures: readonly Figure[]): string {
  const shown = (value: number, unit: string): string =>
    `${value.toFixed(unit === '' ? 2 : 0)} ${unit}`.trim();
  const lines = figures.map(({ name, unit, value, limit, parts }) => [
    name,
    shown(value, unit),
    `< ${shown(limit, unit)}`,
    value < limit ? 'yes' : 'no',
    Object.entries(parts)
      .map(([part, amount]) => `${part} ${amount.toFixed(amount < 10 ? 1 : 0)}`)
      .join(', '),
  ]);
  return aligned([['case', 'ours', 'limit', 'kept', 'measured beside it'], ...lines]);
}

/** Lines of cells, the head first, as a Markdown table: first column to the left, the others to the right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length))) ?? [];
  const format = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(Math.max(0, width - 1))}:`)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [format(head), rule, ...body.map(format)].join('\n');
}
