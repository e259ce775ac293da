import { ConfigError } from '../errors.js';
import { didYouMean } from './suggest.js';
import { flagOf, optionOf, type Table } from './table.js';

/** Where a value came from; error messages name it the way the user wrote it. */
export type Origin = { kind: 'call' } | { kind: 'file'; file: string } | { kind: 'flags' };

/** Option values by name, not yet completed with defaults. */
export type Values = Record<string, unknown>;

/** `--batch` for flags, `'batch' in run.json` for a file, `option 'batch'` for a script. */
export function nameFor(table: Table, name: string, origin: Origin): string {
  if (origin.kind === 'flags') return `--${flagOf(table, name)}`;
  return origin.kind === 'file' ? `'${name}' in ${origin.file}` : `option '${name}'`;
}

function shown(value: unknown): string {
  const words = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return words.length > 80 ? `${words.slice(0, 77)}...` : words;
}

/** @throws {ConfigError} `CONFIG_TYPE`: the value is not what the option expects. */
export function wrongValue(table: Table, name: string, value: unknown, origin: Origin): ConfigError {
  const option = optionOf(table, name);
  const near =
    typeof value === 'string' && option?.choices !== undefined ? didYouMean(value, option.choices) : '';
  return new ConfigError(
    'CONFIG_TYPE',
    `${nameFor(table, name, origin)} is ${shown(value)}; expected ${option?.expected ?? 'nothing'}${near.includes('mean') ? near : ''}`,
  );
}

/** Checks names and types of the values of one origin, all of them, and returns those that are given.
 * @throws {ConfigError} `CONFIG_UNKNOWN` with the nearest right name, or `CONFIG_TYPE`. */
export function checkValues(table: Table, given: unknown, origin: Origin): Values {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const where = origin.kind === 'file' ? origin.file : `the options of ${table.command}`;
    throw new ConfigError('CONFIG_TYPE', `${where} is ${shown(given)}; expected an object of options`);
  }
  const values: Values = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const option = optionOf(table, name);
    if (option === undefined) throw unknownName(table, name, origin);
    const accepted = option.accept(value);
    if (accepted === undefined) throw wrongValue(table, name, value, origin);
    values[name] = accepted;
  }
  return values;
}

function unknownName(table: Table, name: string, origin: Origin): ConfigError {
  const where = origin.kind === 'file' ? ` in ${origin.file}` : '';
  return new ConfigError(
    'CONFIG_UNKNOWN',
    `${table.command} has no option '${name}'${where}${didYouMean(name, Object.keys(table.options))}`,
  );
}

/** Checks what only the whole can tell: options that exclude each other, options that must be there.
 * @throws {ConfigError} `CONFIG_CONFLICT`, `CONFIG_MISSING`. */
export function checkWhole(table: Table, values: Values, origin: Origin): void {
  for (const group of table.exclusive ?? []) {
    const both = group.filter((name) => values[name] !== undefined);
    if (both.length > 1) {
      const names = both.map((name) => nameFor(table, name, origin)).join(' and ');
      throw new ConfigError('CONFIG_CONFLICT', `${names} exclude each other; give one of them`);
    }
  }
  for (const name of table.required ?? []) {
    if (values[name] === undefined) throw missing(table, name, origin);
  }
  for (const group of table.either ?? []) {
    if (group.some((name) => values[name] !== undefined)) continue;
    const each = group.map((name) => `${nameFor(table, name, origin)} (${optionOf(table, name)?.doc ?? ''})`);
    throw new ConfigError('CONFIG_MISSING', `${table.command} needs ${each.join(' or ')}`);
  }
}

/** An option that must be given and is not. */
export function missing(table: Table, name: string, origin: Origin): ConfigError {
  const positional = table.positional?.name === name ? ` (${table.positional.placeholder})` : '';
  return new ConfigError(
    'CONFIG_MISSING',
    `${table.command} needs ${nameFor(table, name, origin)}${positional}: ${optionOf(table, name)?.doc ?? ''}`,
  );
}

/** The constant defaults of a table. */
export function defaultsOf(table: Table): Values {
  const values: Values = {};
  for (const [name, option] of Object.entries(table.options)) {
    if (option.default !== undefined) values[name] = option.default;
  }
  return values;
}
