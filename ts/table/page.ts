import { upscalingProtocolOption } from '../config/evaluate-options.js';
import { alignedTable, csvNumber, inWords } from '../evaluate/index.js';
import { protocols, protocolNamed } from '../metrics/index.js';
import { methodTitles, publishedFigures } from './figures.js';
import { isRow, type MethodRow, type TableRecord } from './record.js';

const scores = ['psnr', 'ssim', 'sam'] as const;
const heads = { psnr: 'PSNR ↑', ssim: 'SSIM ↑', sam: 'SAM ↓' } as const;
const digits = { psnr: 3, ssim: 4, sam: 3 } as const;

/** What the published figures may be held against. */
const splitWarning =
  'Their split of the scenes is not published, and they trained on 80 % of a whole data set: other scenes or less training give other numbers.';

/** Methods of a record, in the order of the paper; others behind them. */
function methodsOf(record: TableRecord): string[] {
  const order = Object.keys(methodTitles);
  const place = (method: string): number => (order.includes(method) ? order.indexOf(method) : order.length);
  return [...new Set(record.rows.map(({ method }) => method))].sort((a, b) => place(a) - place(b));
}

function titleOf(method: string): string {
  return methodTitles[method] ?? method;
}

/** The table in the paper's form, a column a method, three lines a scale; the best of each line in bold.
 * @param figures published figures to show below. */
export function upscalingMarkdown(record: TableRecord, figures: 'cave' | 'harvard' | 'none'): string {
  const methods = methodsOf(record);
  const scales = [...new Set(record.rows.map(({ scale }) => scale))];
  const head = ['Scale', 'Score', ...methods.map(titleOf)];
  const lines = scales.flatMap((scale) => scores.map((score) => lineOf(record, methods, scale, score)));
  const protocol = protocolNamed(String(record.options.protocol ?? upscalingProtocolOption.default));
  const parts = [
    `Protocol \`${protocol}\`, version ${protocols[protocol].version}: ${protocols[protocol].about}.`,
    '',
    alignedTable([head, ...lines], 2),
  ];
  if (figures !== 'none') {
    const known = methods.filter((method) => method in methodTitles);
    const titles = ['Scale', 'Score', ...known.map(titleOf)];
    const published = scales.flatMap((scale) => publishedLines(figures, known, scale));
    if (published.length > 0) {
      const name = figures === 'cave' ? 'CAVE, table VI' : 'Harvard, table VII';
      parts.push(
        `Published (Li et al., IEEE TIP 2022; ${name}):`,
        '',
        alignedTable([titles, ...published], 2),
        splitWarning,
      );
    }
  }
  return parts.join('\n');
}

function lineOf(record: TableRecord, methods: string[], scale: number, score: keyof typeof heads): string[] {
  const values = methods.map((method) => {
    const row = record.rows.find((found) => found.method === method && found.scale === scale);
    if (row === undefined) return '';
    return isRow(row) ? row.mean[score] : row.error.code;
  });
  const numbers = values.filter(
    (value): value is number => typeof value === 'number' && !Number.isNaN(value),
  );
  const best = score === 'sam' ? Math.min(...numbers) : Math.max(...numbers);
  const cells = values.map((value) => {
    if (typeof value === 'string') return value;
    const text = inWords(value, digits[score]);
    return value === best ? `**${text}**` : text;
  });
  return [`x${scale}`, heads[score], ...cells];
}

function publishedLines(figures: 'cave' | 'harvard', methods: string[], scale: number): string[][] {
  const columns = publishedFigures[figures][scale];
  if (columns === undefined) return [];
  const order = Object.keys(methodTitles);
  return scores.map((score, line) => [
    `x${scale}`,
    heads[score],
    ...methods.map((method) => columns[order.indexOf(method)]?.[line]?.toFixed(digits[score]) ?? ''),
  ]);
}

/** CSV with a header, a line for each method and scale, every digit kept. */
export function upscalingCsv(record: TableRecord): string {
  const header = ['method', 'scale', 'parameters', 'steps', 'seconds', ...scores, 'error'];
  const rows = record.rows.map((row) =>
    isRow(row)
      ? [row.method, row.scale, row.parameters, row.steps, row.seconds, ...numbersOf(row), '']
      : [row.method, row.scale, '', '', '', ...scores.map(() => ''), row.error.code],
  );
  return `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

function numbersOf({ mean }: MethodRow): string[] {
  return scores.map((score) => csvNumber(mean[score], ''));
}
