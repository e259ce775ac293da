import { readConfigFile } from '../config/file.js';
import { readFlags } from '../config/flags.js';
import { helpOf } from '../config/help.js';
import { didYouMean } from '../config/suggest.js';
import type { Table } from '../config/table.js';
import { checkWhole, type Values } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { packageVersion } from '../version.js';
import { type Command, type Console, withConsoleOptions } from './command.js';
import { commands } from './commands.js';
import { exitCodes } from './exit-codes.js';
import { abortOnSignals } from './signals.js';

/** Runs one command line (without node and program) and returns the exit status.
 * @throws what the command throws; `main` turns it into one line and a status. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === '--version' || name === '-V') return printed(`${packageVersion()}\n`);
  if (name === '--help' || name === '-h' || name === 'help') return helpFor(rest[0]);
  const command = await load(name);
  const table = withConsoleOptions(command.table);
  const flags = readFlags(
    table,
    rest.map((word) => (word === '-h' ? '--help' : word)),
  );
  if (flags.help === true) return printed(helpOf(table));
  return call(command, await completed(table, flags));
}

async function load(name: string): Promise<Command> {
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (found === undefined) {
    const near = didYouMean(name, Object.keys(commands));
    throw new ConfigError('CONFIG_UNKNOWN', `there is no command '${name}'${near}`);
  }
  return (await found()).command;
}

/** Flags over the configuration file. A flag also displaces what the file says of an option that
 * excludes it. */
async function completed(table: Table, flags: Values): Promise<Values> {
  const file = typeof flags.config === 'string' ? await readConfigFile(table, flags.config) : {};
  checkWhole({ ...table, required: [], either: [] }, file, { kind: 'file', file: String(flags.config) });
  for (const group of table.exclusive ?? []) {
    if (group.some((name) => flags[name] !== undefined)) for (const name of group) delete file[name];
  }
  const values = { ...file, ...flags };
  checkWhole(table, values, { kind: 'flags' });
  return values;
}

async function call(command: Command, values: Values): Promise<number> {
  const { config: _config, help: _help, json, verbose, ...options } = values;
  const stop = abortOnSignals();
  try {
    return (
      (await command.run(options, consoleFor(json === true, verbose === true, stop.signal))) ?? exitCodes.ok
    );
  } finally {
    stop.release();
  }
}

function consoleFor(json: boolean, verbose: boolean, signal: AbortSignal): Console {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    remark: (text) => void (json || process.stderr.write(`${text}\n`)),
    event: (value) => void process.stdout.write(`${JSON.stringify(value)}\n`),
    json,
    verbose,
    signal,
  };
}

async function helpFor(name: string | undefined): Promise<number> {
  if (name !== undefined) return printed(helpOf(withConsoleOptions((await load(name)).table)));
  const width = Math.max(...Object.keys(commands).map((known) => known.length));
  const list: string[] = [];
  for (const known of Object.keys(commands)) {
    list.push(`  ${known.padEnd(width)}  ${(await load(known)).table.summary}`);
  }
  return printed(
    [
      'hyperlift: from RGB images to hyperspectral cubes',
      '',
      'Usage: hyperlift COMMAND [options]; hyperlift COMMAND --help',
      '',
      ...list,
      '',
      'Exit status: 0 done, 1 failed, 2 wrong command line or configuration, 3 LibTorch or addon missing, 130 stopped by a signal.',
      '',
    ].join('\n'),
  );
}

function printed(text: string): number {
  process.stdout.write(text);
  return exitCodes.ok;
}
