import { cie1931Wavelengths, cie1931Xyz } from './tables/cie-1931.js';
import { cie1964Wavelengths, cie1964Xyz } from './tables/cie-1964.js';
import { nikonD40Rgb, nikonD40Wavelengths } from './tables/nikon-d40.js';
import { nikonD700Rgb, nikonD700Wavelengths } from './tables/nikon-d700.js';

/** What is known of a camera response that comes with hyperlift. */
export interface ResponseTable {
  /** The id that `response` takes. */
  name: string;
  title: string;
  /** Where the numbers come from. */
  source: string;
  licence: string;
  /** First and last wavelength and their distance, in nm. */
  from: number;
  to: number;
  step: number;
}

/** A table with its numbers: row-major `[wavelengths, 3]`, as published. */
export interface KnownTable extends Omit<ResponseTable, 'from' | 'to' | 'step'> {
  wavelengths: readonly number[];
  values: readonly number[];
}

const scoringCode = 'scoring code of the NTIRE 2018 and 2020 spectral reconstruction challenges (B. Arad)';

/** The tables, the default first. */
export const knownTables: readonly KnownTable[] = [
  {
    // At 400..700 nm these are, to rounding, the numbers of `cie_1964_w_gain.npz` in the NTIRE 2018/2020 scoring code
    // (B. Arad, MIT licence), whose gain is 255 over each column's sum.
    name: 'cie1964',
    title: 'CIE 1964 observer, 10 degrees',
    source:
      'CIE 1964 10-degree observer (CIE 15), with the gain of the NTIRE spectral reconstruction challenges',
    licence: 'none needed: standard values',
    wavelengths: cie1964Wavelengths,
    values: cie1964Xyz,
  },
  {
    name: 'cie1931',
    title: 'CIE 1931 observer, 2 degrees',
    source: 'CIE 1931 2-degree observer (CIE 15)',
    licence: 'none needed: standard values',
    wavelengths: cie1931Wavelengths,
    values: cie1931Xyz,
  },
  {
    name: 'nikon-d40',
    title: 'Nikon D40',
    source: `example_D40_camera_w_gain.npz in the ${scoringCode}`,
    licence: 'MIT',
    wavelengths: nikonD40Wavelengths,
    values: nikonD40Rgb,
  },
  {
    name: 'nikon-d700',
    title: 'Nikon D700',
    source: 'NikonD700.npy in Caoxuheng/FeafusFormer, at the wavelengths of CAVE by convention',
    licence: 'MIT',
    wavelengths: nikonD700Wavelengths,
    values: nikonD700Rgb,
  },
];

/** The camera responses that come with hyperlift, with source and licence.
 * @example
 * for (const { name, title, licence } of responseTables()) console.log(name, title, licence); */
export function responseTables(): ResponseTable[] {
  return knownTables.map(({ wavelengths, values: _numbers, ...facts }) => {
    const [from = 0, second = 0] = wavelengths;
    return { ...facts, from, to: wavelengths.at(-1) ?? 0, step: second - from };
  });
}
