import type { Option } from './option.js';

/** An example for help: what it does, and the command line. */
export interface Example {
  readonly does: string;
  readonly line: string;
}

/** The options of one command, by their names in scripts and configuration files. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** A command as data: help, flags, configuration files and types are derived from this. */
export interface Table<O extends Options = Options> {
  readonly command: string;
  readonly summary: string;
  /** Longer text of help, below the summary. */
  readonly about?: string;
  /** What stands after the flags: `IMAGE...`; the option that takes it, and the one that takes a second word, as in `IN OUT`. */
  readonly positional?: {
    readonly name: keyof O & string;
    readonly second?: keyof O & string;
    readonly placeholder: string;
  };
  /** Options of which exactly the named ones must be given. */
  readonly required?: readonly (keyof O & string)[];
  /** Options of which at least one must be given. */
  readonly either?: readonly (readonly (keyof O & string)[])[];
  /** Options of which at most one may be given. */
  readonly exclusive?: readonly (readonly (keyof O & string)[])[];
  readonly examples: readonly Example[];
  readonly options: O;
}

/** The values of a table's options as a script gives them: each optional. */
export type GivenOptions<T> =
  T extends Table<infer O>
    ? { [K in keyof O]?: (O[K] extends Option<infer V> ? V : never) | undefined }
    : never;

/** States a table, keeping the types of its options. */
export function defineTable<const O extends Options, const T extends Table<O>>(
  table: T & { readonly options: O },
): T & { readonly options: O } {
  return table;
}

/** The flag of an option, without its dashes: its own, or the name in kebab-case. */
export function flagOf(table: Table, name: string): string {
  const own = table.options[name]?.flag;
  return own ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A table read by name, its values untyped: what validation, flags and help work with. */
export function optionOf(table: Table, name: string): Option<unknown> | undefined {
  return Object.hasOwn(table.options, name) ? table.options[name] : undefined;
}
