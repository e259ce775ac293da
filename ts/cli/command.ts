import { consoleOptions } from '../config/shared-options.js';
import type { GivenOptions, Options, Table } from '../config/table.js';

/** What a command may use besides its options. */
export interface Console {
  /** A result: one line or more on standard output. */
  print(text: string): void;
  /** A remark for people, on standard error; silent with `--json`. */
  remark(text: string): void;
  /** One JSON value on a line of standard output. */
  event(value: unknown): void;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** A command of the CLI: its options, and what it does with those that were given (the functions behind the commands
 * fill in defaults); the status is 0 unless it returns another. */
export interface Command {
  readonly table: Table;
  run(options: Readonly<Record<string, unknown>>, console: Console): Promise<number | undefined>;
}

/** Ties a table and a function together, so that the function sees the table's types. */
export function defineCommand<T extends Table>(
  table: T,
  run: (options: GivenOptions<T>, console: Console) => Promise<number | undefined>,
): Command {
  return { table, run: (options, console) => run(options as GivenOptions<T>, console) };
}

/** A table with the options that every command has on the command line. */
export function withConsoleOptions(table: Table): Table {
  const options: Options = { ...table.options, ...consoleOptions };
  return { ...table, options };
}
