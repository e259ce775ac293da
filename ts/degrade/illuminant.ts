import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ConfigError, DataError } from '../errors.js';
import { fileError } from '../io/file.js';
import { blackBody, daylight, illuminants, interpolate } from './illuminants.js';
import { type CameraResponse, channels, normalizeColumns } from './response.js';
import { type Line, splitLines } from './response-csv.js';
import { daylightWavelengths } from './tables/cie-daylight.js';

/** A light: its relative power over the wavelengths. */
export interface Illuminant {
  /** As it was asked for: `D65`, `3200K`, the name of a file. */
  name: string;
  /** Where it is defined, in nm; null for a formula that holds everywhere. */
  range: readonly [from: number, to: number] | null;
  /** The lines of a measured one; null for a name, which says all. */
  measured: { wavelengths: number[]; power: number[] } | null;
  /** Relative power at these wavelengths in nm; the scale is the illuminant's own. */
  at(wavelengths: readonly number[]): Float64Array;
}

/** c2 of the time when D50, D55 and D75 were named over today's: their colour temperatures are 5003, 5503 and 7504 K. */
const kelvinNow = 1.4388 / 1.438;
const daylightRange = [daylightWavelengths[0] ?? 0, daylightWavelengths.at(-1) ?? 0] as const;

function namedIlluminant(name: string): Illuminant | undefined {
  if (name === 'A' || name === 'E') return { name, range: null, measured: null, at: illuminants[name] };
  const short = /^D(50|55|65|75)$/.exec(name)?.[1];
  const exact = /^D(\d{4,5})$/.exec(name)?.[1];
  if (short !== undefined || exact !== undefined) {
    const kelvin = short === undefined ? Number(exact) : Number(short) * 100 * kelvinNow;
    daylight(kelvin, []);
    return {
      name,
      range: daylightRange,
      measured: null,
      at: (wavelengths) => daylight(kelvin, wavelengths),
    };
  }
  const hot = /^(\d{3,5})K$/.exec(name)?.[1];
  if (hot === undefined) return undefined;
  const kelvin = Number(hot);
  blackBody(kelvin, []);
  return { name, range: null, measured: null, at: (wavelengths) => blackBody(kelvin, wavelengths) };
}

/** What {@link illuminant} takes besides a file. */
export const illuminantWords: readonly string[] = [
  'A',
  'E',
  'D50',
  'D55',
  'D65',
  'D75',
  'D<kelvin> (4000 to 25000)',
  '<kelvin>K (500 to 50000)',
];

/** An illuminant by name, or a measured one from a CSV file.
 *
 * Names: `A`, `E`, `D50`, `D55`, `D65`, `D75`; `D<kelvin>`, CIE daylight of that colour temperature (`D5500`, 4000 to 25000 K);
 * `<kelvin>K`, a black body (`3200K`). A file has the columns `wavelength_nm,power`, in any order of lines; between its lines the
 * power is interpolated linearly.
 * @throws {ConfigError} `CONFIG_VALUE` for what is neither. @throws {DataError} `DATA_MISSING`, `DATA_ILLUMINANT` with the line. */
export async function illuminant(nameOrFile: string): Promise<Illuminant> {
  return /[./\\]/.test(nameOrFile) ? readIlluminantCsv(nameOrFile) : illuminantNamed(nameOrFile);
}

/** An illuminant by name, as {@link illuminant} takes it.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function illuminantNamed(name: string): Illuminant {
  const found = namedIlluminant(name);
  if (found !== undefined) return found;
  throw new ConfigError(
    'CONFIG_VALUE',
    `'${name}' is no illuminant; expected A, E, D50, D55, D65, D75, a daylight such as D5500, a black body such as ` +
      '3200K, or a .csv file with the columns wavelength_nm, power',
  );
}

function badLine(file: string, { number }: Line, what: string): DataError {
  return new DataError(
    'DATA_ILLUMINANT',
    `${file}: line ${number}: ${what}; expected wavelength_nm,power, nanometers and a power of 0 or more`,
  );
}

const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell !== '' && Number.isFinite(Number(cell));

/** Columns of wavelength and power: by the header's words, or the first two. */
function columnsOf(file: string, first: Line): { columns: [number, number]; header: boolean } {
  if (first.cells.every((cell) => cell === '' || isNumber(cell))) return { columns: [0, 1], header: false };
  const words = first.cells.map((cell) => cell.replace(/["']/g, ''));
  const wavelength = words.findIndex((word) => /^(wavelength|lambda|wl|nm)/i.test(word));
  const others = words.flatMap((_, i) => (i === wavelength ? [] : [i]));
  const named = words.findIndex((word) => /power|spd|radiance|intensity|illuminant/i.test(word));
  const power = named >= 0 ? named : others.length === 1 ? (others[0] ?? -1) : -1;
  if (wavelength >= 0 && power >= 0) return { columns: [wavelength, power], header: true };
  throw badLine(
    file,
    first,
    `no column for ${wavelength < 0 ? 'wavelength' : 'power'} in '${words.join(',')}'`,
  );
}

/** Reads a measured illuminant.
 * @throws {DataError} `DATA_MISSING`, `DATA_ILLUMINANT`. */
async function readIlluminantCsv(file: string): Promise<Illuminant> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw fileError('DATA', file, cause);
  });
  const lines = splitLines(text);
  const [first] = lines;
  if (first === undefined) throw new DataError('DATA_ILLUMINANT', `${file}: no line of numbers in it`);
  const { columns, header } = columnsOf(file, first);
  const rows = lines.slice(header ? 1 : 0).map((line) => {
    const [nm, power] = columns.map((column) => line.cells[column]);
    if (!isNumber(nm) || !isNumber(power) || Number(power) < 0) {
      throw badLine(file, line, `'${line.cells.join(',')}'`);
    }
    return [Number(nm), Number(power)] as const;
  });
  rows.sort(([a], [b]) => a - b);
  checkRows(file, rows);
  const wavelengths = rows.map(([nm]) => nm);
  const power = rows.map(([, value]) => value);
  return measuredIlluminant(basename(file, extname(file)), wavelengths, power);
}

/** An illuminant of measured lines, wavelengths ascending; between them it is interpolated linearly. */
export function measuredIlluminant(name: string, wavelengths: number[], power: number[]): Illuminant {
  return {
    name,
    range: [wavelengths[0] ?? 0, wavelengths.at(-1) ?? 0],
    measured: { wavelengths, power },
    at: (asked) => Float64Array.from(asked, (nm) => interpolate(wavelengths, power, 1, 0, nm)),
  };
}

function checkRows(file: string, rows: readonly (readonly [number, number])[]): void {
  const [low = 0, high = 0] = [rows[0]?.[0], rows.at(-1)?.[0]];
  const twin = rows.find(([nm], i) => i > 0 && nm === rows[i - 1]?.[0]);
  const problem =
    rows.length < 2
      ? `${rows.length} line of numbers; at least 2 are needed`
      : twin !== undefined
        ? `${twin[0]} nm comes twice`
        : low < 100 || high > 30000
          ? `wavelengths from ${low} to ${high}; nanometers were expected`
          : rows.every(([, power]) => power === 0)
            ? 'every power is 0; some light is needed'
            : undefined;
  if (problem !== undefined) throw new DataError('DATA_ILLUMINANT', `${file}: ${problem}`);
}

/** How {@link lightResponse} scales. */
export interface LightOptions {
  /** Default true: each channel sees a white reflector as 1, as a camera does that is balanced for this light. False keeps the
   * ratio that the channels have under this light when they are balanced for equal energy (E): white has the colour of the light, and
   * its brightest channel is 1. */
  whiteBalance?: boolean;
}

/** A response under a light, for cubes of reflectance: radiance = reflectance times illuminant, so each row of the table is
 * multiplied by the power at its wavelength. Columns sum to 255 again; without white balance the largest does.
 * @param response at the cube's bands.
 * @throws {DataError} `DATA_WAVELENGTH_RANGE` where the camera sees more than the illuminant is known for. */
export function lightResponse(
  response: CameraResponse,
  light: Illuminant,
  { whiteBalance = true }: LightOptions = {},
): CameraResponse {
  const { wavelengths, table } = response;
  requireLight(response, light);
  const power = light.at(wavelengths);
  const lit = table.map((value, i) => value * (power[Math.floor(i / channels)] ?? 0));
  const sums = [0, 1, 2].map((channel) =>
    lit.reduce((sum, value, i) => (i % channels === channel ? sum + value : sum), 0),
  );
  const dark = sums.findIndex((sum) => !(sum > 0));
  if (dark >= 0) {
    throw new DataError(
      'DATA_ILLUMINANT',
      `illuminant '${light.name}' has no power where channel ${'RGB'[dark]} of the response '${response.name}' sees`,
    );
  }
  const name = `${response.name} under ${light.name}`;
  if (whiteBalance) return { ...response, name, table: normalizeColumns(lit) };
  return { ...response, name, table: lit.map((value) => (value * 255) / Math.max(...sums)) };
}

function requireLight({ name, wavelengths, table }: CameraResponse, light: Illuminant): void {
  if (light.range === null) return;
  const [from, to] = light.range;
  const seen = wavelengths.filter((_, i) =>
    table.slice(i * channels, (i + 1) * channels).some((v) => v !== 0),
  );
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  if (low >= from && high <= to) return;
  throw new DataError(
    'DATA_WAVELENGTH_RANGE',
    `illuminant '${light.name}' is known from ${from} to ${to} nm, and the response '${name}' sees the bands from ${low} to ${high} nm; ` +
      'the light must be known wherever the camera sees',
  );
}
