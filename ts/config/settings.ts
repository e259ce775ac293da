import { type Made, made, type Option, type OptionText } from './option.js';

/** The value of one option of a network. */
export type Setting = boolean | number | string | number[];
/** Options of a network by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** How often something is done: after so many steps, or after so many minutes. */
export type Every = { steps: number } | { minutes: number };

function isSetting(value: unknown): value is Setting {
  if (Array.isArray(value)) return value.every((item) => Number.isSafeInteger(item));
  return typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
}

function settingFrom(text: string): Setting {
  if (text === 'true' || text === 'false') return text === 'true';
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) return text;
  return numbers.length === 1 ? (numbers[0] ?? text) : numbers;
}

/** Settings by name: `--option width=12 --option blocks=1`, in a file `{"width": 12, "blocks": 1}`. */
export function settings(words: OptionText<Settings>): Option<Settings> {
  return {
    placeholder: 'NAME=VALUE',
    ...words,
    isSwitch: false,
    repeats: true,
    expected:
      'name=value (in a file or script: an object of numbers, texts, booleans or lists of whole numbers)',
    accept: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value);
      return entries.every(([, setting]) => isSetting(setting)) ? Object.fromEntries(entries) : undefined;
    },
    parse: (text) => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1) return undefined;
      return { [text.slice(0, at)]: settingFrom(text.slice(at + 1)) };
    },
    join: (earlier, later) => ({ ...earlier, ...later }),
  };
}

function everyFrom(value: unknown): Every | undefined {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(value));
  const amount = Number(match?.[1]);
  if (match === null || !(amount > 0)) return undefined;
  if (match[2] === 'm') return { minutes: amount };
  return Number.isSafeInteger(amount) ? { steps: amount } : undefined;
}

/** An interval as text: `500` (steps) or `2m` (minutes). */
export function every<const X extends OptionText<string | number>>(words: X): Made<string | number, X> {
  const accept = (value: unknown): string | number | undefined =>
    (typeof value === 'number' || typeof value === 'string') && everyFrom(value) !== undefined
      ? value
      : undefined;
  return made<string | number, X>(words, {
    placeholder: 'N|Nm',
    ...words,
    isSwitch: false,
    repeats: false,
    expected: 'a number of steps such as 500, or of minutes such as 2m',
    accept,
    parse: accept,
  });
}

/** The interval of a value that `every` accepted. */
export function readEvery(value: string | number): Every {
  return everyFrom(value) ?? { steps: Number.MAX_SAFE_INTEGER };
}
