import type { CubeInfo, CubeWindow } from '../data/index.js';
import { ConfigError } from '../errors.js';

function refuse(option: string, found: string, expected: string): never {
  throw new ConfigError('CONFIG_VALUE', `option '${option}' is '${found}'; ${expected} was expected`);
}

/** Bands by words: `good`, or numbers and ranges counted from 0, `0-30,40`.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function bandsFrom(words: string): 'good' | number[] {
  if (words === 'good') return 'good';
  return words.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from) refuse('bands', words, "a list such as 0-30,40, or 'good',");
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** A part in pixels by words: `ROW,COLUMN,HEIGHT,WIDTH`.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function cropFrom(words: string): Required<Omit<CubeWindow, 'bands'>> {
  const numbers = words.split(',').map((part) => (/^\s*\d{1,9}\s*$/.test(part) ? Number(part) : Number.NaN));
  const [row = 0, column = 0, height = 0, width = 0] = numbers;
  if (numbers.length !== 4 || numbers.some(Number.isNaN) || height === 0 || width === 0) {
    refuse('crop', words, 'ROW,COLUMN,HEIGHT,WIDTH with a height and width above 0');
  }
  return { row, column, height, width };
}

/** Wavelengths in nm by words: `400:10` for as many bands as there are, or a list.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function wavelengthsFrom(words: string, { bands }: Pick<CubeInfo, 'bands'>): number[] {
  const expected = 'FIRST:STEP or a list of numbers, in nm,';
  const numberOf = (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && value > 0 ? value : refuse('wavelengths', words, expected);
  };
  const [first, step, more] = words.split(':');
  if (step === undefined) return words.split(',').map(numberOf);
  if (more !== undefined) refuse('wavelengths', words, expected);
  return Array.from({ length: bands }, (_, band) => numberOf(first ?? '') + band * numberOf(step));
}
