import { parseArgs } from 'node:util';
import { ConfigError } from '../errors.js';
import type { Option } from './option.js';
import { didYouMean } from './suggest.js';
import { flagOf, optionOf, type Table } from './table.js';
import { type Values, wrongValue } from './validate.js';

const flags = { kind: 'flags' } as const;

interface Token {
  kind: string;
  name?: string;
  rawName?: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

/** The values of a command line (without program and command).
 * @throws {ConfigError} `CONFIG_UNKNOWN`, `CONFIG_TYPE`, `CONFIG_MISSING` (a flag without its value), `CONFIG_CONFLICT` (a flag
 * given twice that takes one value). */
export function readFlags(table: Table, argv: readonly string[]): Values {
  const names = new Map(Object.keys(table.options).map((name) => [flagOf(table, name), name]));
  const values: Values = {};
  for (const token of tokensOf(table, names, argv)) {
    if (token.kind === 'option') takeFlag(table, names, token, values);
    if (token.kind === 'positional') takePositional(table, token.value ?? '', values);
  }
  return values;
}

function tokensOf(table: Table, names: Map<string, string>, argv: readonly string[]): readonly Token[] {
  const options: Record<string, { type: 'boolean' | 'string' }> = {};
  for (const [flag, name] of names) {
    const isSwitch = optionOf(table, name)?.isSwitch === true;
    options[flag] = { type: isSwitch ? 'boolean' : 'string' };
    if (isSwitch) options[`no-${flag}`] = { type: 'boolean' };
  }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function takeFlag(table: Table, names: Map<string, string>, token: Token, values: Values): void {
  const flag = token.name ?? '';
  const name = names.get(flag) ?? (flag.startsWith('no-') ? names.get(flag.slice(3)) : undefined);
  const option = name === undefined ? undefined : optionOf(table, name);
  if (name === undefined || option === undefined || (!names.has(flag) && !option.isSwitch)) {
    const near = didYouMean(flag, [...names.keys()], '--');
    throw new ConfigError('CONFIG_UNKNOWN', `${table.command} has no option ${token.rawName ?? flag}${near}`);
  }
  const value = option.isSwitch
    ? switchValue(table, name, names.has(flag), token)
    : textValue(table, name, option, token);
  const earlier = values[name];
  if (earlier !== undefined && option.join === undefined && !option.isSwitch) {
    throw new ConfigError('CONFIG_CONFLICT', `--${flag} is given twice; expected one value`);
  }
  values[name] = earlier !== undefined && option.join !== undefined ? option.join(earlier, value) : value;
}

function switchValue(table: Table, name: string, on: boolean, token: Token): boolean {
  if (token.value === undefined || token.inlineValue !== true) return on;
  if (token.value !== 'true' && token.value !== 'false') throw wrongValue(table, name, token.value, flags);
  return (token.value === 'true') === on;
}

function textValue(table: Table, name: string, option: Option<unknown>, token: Token): unknown {
  const forgotten = token.inlineValue !== true && token.value?.startsWith('--') === true;
  if (token.value === undefined || forgotten) {
    throw new ConfigError(
      'CONFIG_MISSING',
      `--${flagOf(table, name)} needs a value; expected ${option.expected}`,
    );
  }
  const value = option.parse(token.value);
  if (value === undefined) throw wrongValue(table, name, token.value, flags);
  return value;
}

function takePositional(table: Table, value: string, values: Values): void {
  const { name: first, second } = table.positional ?? {};
  const name = second !== undefined && first !== undefined && values[first] !== undefined ? second : first;
  const option = name === undefined ? undefined : optionOf(table, name);
  const parsed = option?.parse(value);
  if (name === undefined || option === undefined || parsed === undefined) {
    throw new ConfigError('CONFIG_UNKNOWN', `${table.command} takes no argument '${value}'; see --help`);
  }
  const earlier = values[name];
  if (earlier !== undefined && option.join === undefined) {
    throw new ConfigError(
      'CONFIG_UNKNOWN',
      `${table.command} takes ${second === undefined ? 'one ' : ''}${table.positional?.placeholder}, got '${value}' too`,
    );
  }
  values[name] = earlier !== undefined ? option.join?.(earlier, parsed) : parsed;
}
