import { ConfigError } from '../errors.js';
import { daylightComponents, daylightWavelengths } from './tables/cie-daylight.js';

/** Linear interpolation of column `column` of a row-major table; the end values beyond its ends. */
export function interpolate(
  wavelengths: readonly number[],
  table: ArrayLike<number>,
  columns: number,
  column: number,
  nm: number,
): number {
  const value = (row: number) => table[row * columns + column] ?? 0;
  const last = wavelengths.length - 1;
  if (nm <= (wavelengths[0] ?? 0)) return value(0);
  if (nm >= (wavelengths[last] ?? 0)) return value(last);
  const right = wavelengths.findIndex((at) => at >= nm);
  const [from, to] = [wavelengths[right - 1] ?? 0, wavelengths[right] ?? 0];
  return value(right - 1) + ((value(right) - value(right - 1)) * (nm - from)) / (to - from);
}

/** Weights of the components S1 and S2 for a colour temperature (CIE 15): the chromaticity on the daylight locus, then
 * M1 and M2, both to three decimals as the CIE prescribes. */
function daylightWeights(kelvin: number): [number, number] {
  const t = 1000 / kelvin;
  const x =
    kelvin <= 7000
      ? 0.244063 + 0.09911 * t + 2.9678 * t ** 2 - 4.607 * t ** 3
      : 0.23704 + 0.24748 * t + 1.9018 * t ** 2 - 2.0064 * t ** 3;
  const y = -3 * x ** 2 + 2.87 * x - 0.275;
  const scale = 0.0241 + 0.2562 * x - 0.7341 * y;
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return [
    round((-1.3515 - 1.7703 * x + 5.9114 * y) / scale),
    round((0.03 - 31.4424 * x + 30.0717 * y) / scale),
  ];
}

/** CIE daylight of a correlated colour temperature, 4000 to 25000 K: S0 + M1 S1 + M2 S2, 100 at 560 nm.
 * @throws {ConfigError} `CONFIG_VALUE` beyond that range. */
export function daylight(kelvin: number, wavelengths: readonly number[]): Float64Array {
  if (!(kelvin >= 4000 && kelvin <= 25000)) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `a daylight of ${kelvin} K: the CIE defines it from 4000 to 25000 K`,
    );
  }
  const [m1, m2] = daylightWeights(kelvin);
  const part = (column: number, nm: number) =>
    interpolate(daylightWavelengths, daylightComponents, 3, column, nm);
  return Float64Array.from(wavelengths, (nm) => part(0, nm) + m1 * part(1, nm) + m2 * part(2, nm));
}

/** c2 of Planck's law in nm K. */
const c2 = 1.438776877e7;

/** A black body: relative spectral power by Planck's law, 100 at 560 nm.
 * @throws {ConfigError} `CONFIG_VALUE` below 500 or above 50000 K. */
export function blackBody(kelvin: number, wavelengths: readonly number[]): Float64Array {
  if (!(kelvin >= 500 && kelvin <= 50000)) {
    throw new ConfigError('CONFIG_VALUE', `a black body of ${kelvin} K: expected 500 to 50000 K`);
  }
  const middle = Math.expm1(c2 / (kelvin * 560));
  return Float64Array.from(
    wavelengths,
    (nm) => (100 * (560 / nm) ** 5 * middle) / Math.expm1(c2 / (kelvin * nm)),
  );
}

/** D65's colour temperature: 6500 K by the constant c2 = 1.4380e-2 of its time, 6503.6 K by today's 1.4388e-2. */
const d65Kelvin = (6500 * 1.4388) / 1.438;

/** CIE standard illuminants, by name: relative power, 100 at 560 nm. */
export const illuminants = {
  /** Average daylight. */
  D65: (wavelengths: readonly number[]) => daylight(d65Kelvin, wavelengths),
  /** A tungsten lamp: a black body at 2848 K by c2 = 1.435e7 nm K, as the CIE defines it (2856 K by today's c2). */
  A: (wavelengths: readonly number[]) =>
    Float64Array.from(
      wavelengths,
      (nm) =>
        (100 * (560 / nm) ** 5 * Math.expm1(1.435e7 / (2848 * 560))) / Math.expm1(1.435e7 / (2848 * nm)),
    ),
  /** Equal energy. */
  E: (wavelengths: readonly number[]) => Float64Array.from(wavelengths, () => 100),
} as const;

/** Names of {@link illuminants}. */
export type IlluminantName = keyof typeof illuminants;
