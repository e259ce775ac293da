/** One option of a command: the one place where its name's type, default, text and limits are written. Validation in
 * TypeScript, the keys of a configuration file, the flags, `--help` and the reference page are all derived from it. */
export interface Option<T> {
  /** One sentence for `--help` and the docs, without a full stop. */
  readonly doc: string;
  /** What a value looks like in help: `N`, `FILE`, `a|b`. Empty for a switch. */
  readonly placeholder: string;
  /** Completes the sentence `expected ...`. */
  readonly expected: string;
  /** Used when the option is not given; undefined where the command itself decides (then `defaultDoc` says how). */
  readonly default?: T | undefined;
  /** How the default is found, in words, where it is no constant. */
  readonly defaultDoc?: string | undefined;
  /** The closed set of values, where there is one. */
  readonly choices?: readonly string[] | undefined;
  /** The flag without its dashes, where it is not the name in kebab-case. */
  readonly flag?: string | undefined;
  /** Heading under which help lists it. */
  readonly group?: string | undefined;
  /** A switch: `--name` and `--no-name`, without a value. */
  readonly isSwitch: boolean;
  /** May be given more than once; the values are joined by `join`. */
  readonly repeats: boolean;
  /** The value as T, or undefined when it is not one. `value` comes from a script or a JSON file. */
  accept(value: unknown): T | undefined;
  /** The value of the text of a flag, or undefined when it is not one. */
  parse(text: string): T | undefined;
  /** The value of a repeated flag. */
  join?(earlier: T, later: T): T;
}

/** The parts of an option that its author may state. */
export interface OptionText<T> {
  doc: string;
  default?: T;
  defaultDoc?: string;
  flag?: string;
  group?: string;
  placeholder?: string;
}

/** An option of T; one whose author stated a constant default says so in its type. */
export type Made<T, X> = X extends { default: unknown } ? Option<T> & { readonly default: T } : Option<T>;

/** Gives an option its type. */
export function made<T, X>(_text: X, option: Option<T>): Made<T, X> {
  return option as Made<T, X>;
}

const single = { isSwitch: false, repeats: false } as const;

/** A switch. */
export function flag<const X extends OptionText<boolean>>(text: X): Made<boolean, X> {
  return made<boolean, X>(text, {
    ...text,
    placeholder: '',
    expected: 'true or false',
    isSwitch: true,
    repeats: false,
    accept: (value) => (typeof value === 'boolean' ? value : undefined),
    parse: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
  });
}

/** Limits of a number; `above` excludes the limit itself. */
export interface Limits {
  least?: number;
  most?: number;
  above?: number;
}

function within(value: number, { least, most, above }: Limits): boolean {
  return (
    Number.isFinite(value) &&
    (least === undefined || value >= least) &&
    (most === undefined || value <= most) &&
    (above === undefined || value > above)
  );
}

function limitsInWords({ least, most, above }: Limits): string {
  const from = least === undefined ? '' : ` from ${least}`;
  const over = above === undefined ? '' : ` above ${above}`;
  return `${from}${over}${most === undefined ? '' : ` up to ${most}`}`;
}

function numberFrom(text: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** A number, finite, within its limits. */
export function number<const X extends OptionText<number> & Limits>(text: X): Made<number, X> {
  const accept = (value: unknown): number | undefined =>
    typeof value === 'number' && within(value, text) ? value : undefined;
  return made<number, X>(text, {
    placeholder: 'X',
    ...text,
    ...single,
    expected: `a number${limitsInWords(text)}`,
    accept,
    parse: (given) => accept(numberFrom(given)),
  });
}

/** A whole number within its limits. */
export function integer<const X extends OptionText<number> & Limits>(text: X): Made<number, X> {
  const accept = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isSafeInteger(value) && within(value, text) ? value : undefined;
  return made<number, X>(text, {
    placeholder: 'N',
    ...text,
    ...single,
    expected: `a whole number${limitsInWords(text)}`,
    accept,
    parse: (given) => accept(numberFrom(given)),
  });
}

/** Any text but the empty one. */
export function text<const X extends OptionText<string>>(words: X): Made<string, X> {
  const accept = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return made<string, X>(words, {
    placeholder: 'NAME',
    ...words,
    ...single,
    expected: 'a text that is not empty',
    accept,
    parse: accept,
  });
}

/** A file or folder. */
export function path<const X extends OptionText<string>>(words: X): Made<string, X> {
  return made<string, X>(words, { ...text({ placeholder: 'PATH', ...words }), expected: 'a path' });
}

/** One of a closed set of words. */
export function choice<const C extends readonly string[], const X extends OptionText<C[number]>>(
  choices: C,
  words: X,
): Made<C[number], X> {
  const accept = (value: unknown): C[number] | undefined => choices.find((known) => known === value);
  return made<C[number], X>(words, {
    placeholder: choices.join('|'),
    ...words,
    ...single,
    choices,
    expected: `one of ${choices.join(', ')}`,
    accept,
    parse: accept,
  });
}

/** Texts, one a flag: `--image a --image b`. */
export function texts<const X extends OptionText<string[]>>(words: X): Made<string[], X> {
  return made<string[], X>(words, {
    placeholder: 'NAME',
    ...words,
    isSwitch: false,
    repeats: true,
    expected: 'a list of texts',
    accept: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
        ? value
        : undefined,
    parse: (given) => (given === '' ? undefined : [given]),
    join: (earlier, later) => [...earlier, ...later],
  });
}

/** Words separated by commas, in a file or script also a list: `--models a,b`. */
export function names<const X extends OptionText<string | string[]>>(words: X): Made<string | string[], X> {
  const split = (value: unknown): unknown => (typeof value === 'string' ? value.split(',') : value);
  const accept = (value: unknown): string[] | undefined => {
    const list = split(value);
    if (!Array.isArray(list) || list.length === 0) return undefined;
    const trimmed = list.map((item) => (typeof item === 'string' ? item.trim() : ''));
    return trimmed.includes('') ? undefined : trimmed;
  };
  return made<string | string[], X>(words, {
    placeholder: 'NAME,NAME,...',
    ...words,
    ...single,
    expected: 'names separated by commas',
    accept,
    parse: accept,
  });
}

/** A file or folder, or several: `--data a --data b`, in a file or script a path or a list of paths. */
export function paths<const X extends OptionText<string | string[]>>(words: X): Made<string | string[], X> {
  const accept = (value: unknown): string | string[] | undefined => {
    const list = Array.isArray(value) ? value : [value];
    const good = list.length > 0 && list.every((item) => typeof item === 'string' && item !== '');
    return good ? (value as string | string[]) : undefined;
  };
  return made<string | string[], X>(words, {
    placeholder: 'PATH',
    ...words,
    isSwitch: false,
    repeats: true,
    expected: 'a path, or a list of paths',
    accept,
    parse: accept,
    join: (earlier, later) => [earlier, later].flat(),
  });
}

/** Whole numbers separated by commas. */
export function integers<const X extends OptionText<number[]> & Limits & { count?: number }>(
  words: X,
): Made<number[], X> {
  const accept = (value: unknown): number[] | undefined =>
    Array.isArray(value) &&
    (words.count === undefined || value.length === words.count) &&
    value.every((item) => Number.isSafeInteger(item) && within(item, words))
      ? value
      : undefined;
  return made<number[], X>(words, {
    placeholder: 'N,N,...',
    ...words,
    ...single,
    expected: `${words.count ?? 'some'} whole numbers${limitsInWords(words)}, separated by commas`,
    accept,
    parse: (given) => accept(given.split(',').map((part) => numberFrom(part.trim()))),
  });
}
