import type { Option } from './option.js';
import { flagOf, optionOf, type Table } from './table.js';

const width = 100;
const margin = 34;

/** The text that `hyperlift COMMAND --help` prints. */
export function helpOf(table: Table): string {
  const positional = table.positional === undefined ? '' : ` ${table.positional.placeholder}`;
  const lines = [
    `hyperlift ${table.command}: ${table.summary}`,
    '',
    `Usage: hyperlift ${table.command}${positional} [options]`,
  ];
  if (table.about !== undefined) lines.push('', ...wrap(table.about, 0));
  for (const [group, names] of groupsOf(table)) {
    lines.push('', `${group}:`, ...names.flatMap((name) => optionLines(table, name)));
  }
  lines.push('', 'Examples:');
  for (const { does, line } of table.examples) lines.push(`  # ${does}`, `  ${line}`);
  return `${lines.join('\n')}\n`;
}

/** The options as a markdown table, for the docs. */
export function referenceOf(table: Table): string {
  const rows = Object.keys(table.options).map((name) => {
    const option = optionOf(table, name);
    const cells = [
      `\`--${flagOf(table, name)}\``,
      `\`${name}\``,
      option?.expected,
      defaultWords(option),
      option?.doc,
    ];
    return `| ${cells.map((cell) => (cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    '| Flag | Key | Value | Default | What it does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function groupsOf(table: Table): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, option] of Object.entries(table.options)) {
    const group = option.group ?? 'Options';
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

function optionLines(table: Table, name: string): string[] {
  const option = optionOf(table, name);
  const no = option?.isSwitch === true && option.default === true ? 'no-' : '';
  const left = `  --${no}${flagOf(table, name)} ${option?.placeholder ?? ''}`.trimEnd();
  const doc = `${no === '' ? '' : 'do not '}${option?.doc ?? ''}`;
  const words = [doc, defaultWords(option) === '' ? '' : `[${defaultWords(option)}]`];
  const right = wrap(words.join(' ').trim(), margin);
  if (left.length >= margin - 1) return [left, ...right];
  return [left + (right[0] ?? '').slice(left.length), ...right.slice(1)];
}

function defaultWords(option: Option<unknown> | undefined): string {
  if (option?.defaultDoc !== undefined) return option.defaultDoc;
  const value = option?.default;
  if (value === undefined || value === false || option?.isSwitch === true) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Lines no longer than the page, each after `indent` spaces. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(' '.repeat(indent) + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, ' '.repeat(indent) + line];
}
