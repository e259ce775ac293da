import { basename, extname } from 'node:path';
import { DataError } from '../../../errors.js';
import type { CubeStrides } from '../../band-major.js';
import { type CubeInfo, fullScaleOf } from '../../cube.js';
import { asWavelengths } from '../cube-choice.js';
import { type EnviFields, enviCount, enviList, enviNumbers, enviText } from './envi-header.js';
import { georeferenceOf } from './envi-map.js';
import { type ReadCubeOptions, settleWavelengths } from '../format.js';
import { dtypeOfStored, type StoredType, storedWidth } from '../stored-types.js';

/** ENVI's numbers for the types of values. */
export const enviTypes: readonly (readonly [code: number, type: StoredType])[] = [
  [1, 'uint8'],
  [2, 'int16'],
  [3, 'int32'],
  [4, 'float32'],
  [5, 'float64'],
  [12, 'uint16'],
  [13, 'uint32'],
  [14, 'int64'],
  [15, 'uint64'],
];
const complexTypes: Readonly<Record<number, string>> = { 6: '2 x float32', 9: '2 x float64' };

/** The three orders of values. */
export type Interleave = 'bsq' | 'bil' | 'bip';

/** How the values of an ENVI cube lie in its data file. */
export interface EnviLayout {
  stored: StoredType;
  littleEndian: boolean;
  start: number;
  bands: number;
  height: number;
  width: number;
  interleave: Interleave;
  strides: CubeStrides;
}

/** Distances between neighbours: bsq keeps bands together, bil the bands of a row, bip those of a pixel. */
export function stridesOf(
  interleave: Interleave,
  { bands, height, width }: { bands: number; height: number; width: number },
): CubeStrides {
  if (interleave === 'bsq') return { bands: height * width, rows: width, columns: 1 };
  if (interleave === 'bil') return { bands: width, rows: bands * width, columns: 1 };
  return { bands: 1, rows: bands * width, columns: bands };
}

function typeOf(file: string, fields: EnviFields): StoredType {
  const code = enviCount(file, fields, 'data type');
  const found = enviTypes.find(([known]) => known === code);
  if (found !== undefined) return found[1];
  const complex = complexTypes[code];
  if (complex !== undefined) {
    throw new DataError(
      'DATA_TYPE',
      `${file}: data type ${code} is complex numbers (${complex}); a cube is an array of real numbers`,
    );
  }
  const known = enviTypes.map(([number, type]) => `${number} (${type})`).join(', ');
  throw new DataError('DATA_TYPE', `${file}: data type ${code} is not known; there are: ${known}`);
}

function interleaveOf(file: string, fields: EnviFields): Interleave {
  const text = enviText(fields, 'interleave')?.toLowerCase();
  if (text === 'bsq' || text === 'bil' || text === 'bip') return text;
  throw new DataError(
    'DATA_DAMAGED',
    `${file}: 'interleave' is ${text === undefined ? 'missing' : `'${text.slice(0, 40)}'`}; bsq, bil or bip was expected`,
  );
}

/** What the header may say that we do not read. */
function refuse(file: string, fields: EnviFields): void {
  const refusal = (what: string) => new DataError('DATA_UNSUPPORTED', `${file}: ${what}`);
  const fileType = enviText(fields, 'file type') ?? '';
  if (/spectral library/i.test(fileType)) throw refusal('a spectral library: single spectra, not a cube');
  if ((enviText(fields, 'file compression') ?? '0') !== '0')
    throw refusal('a compressed data file is not read');
  for (const key of ['major frame offsets', 'minor frame offsets']) {
    if (enviNumbers(fields, key)?.some((offset) => offset !== 0)) throw refusal(`'${key}' are not read`);
  }
}

/** Where the values lie, by the header alone; sizes are not yet held against the data file.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_TYPE`, `DATA_UNSUPPORTED`. */
export function enviLayout(file: string, fields: EnviFields): EnviLayout {
  refuse(file, fields);
  const byteOrder = enviCount(file, fields, 'byte order', 0);
  if (byteOrder > 1) {
    throw new DataError('DATA_DAMAGED', `${file}: 'byte order' is ${byteOrder}; 0 or 1 was expected`);
  }
  const interleave = interleaveOf(file, fields);
  const sizes = {
    bands: enviCount(file, fields, 'bands'),
    height: enviCount(file, fields, 'lines'),
    width: enviCount(file, fields, 'samples'),
  };
  return {
    stored: typeOf(file, fields),
    littleEndian: byteOrder === 0,
    start: enviCount(file, fields, 'header offset', 0),
    ...sizes,
    interleave,
    strides: stridesOf(interleave, sizes),
  };
}

/** Bytes that the data file must have.
 * @throws as {@link enviLayout}. */
export function enviBytes(file: string, fields: EnviFields): number {
  const { start, bands, height, width, stored } = enviLayout(file, fields);
  return start + bands * height * width * storedWidth(stored);
}

/** Units of length in nm. */
const lengths: readonly (readonly [RegExp, number])[] = [
  [/^(nanometers?|nanometres?|nm)$/i, 1],
  [/^(micrometers?|micrometres?|microns?|um|\u00b5m|\u03bcm)$/i, 1e3],
  [/^(angstroms?)$/i, 0.1],
  [/^(millimeters?|millimetres?|mm)$/i, 1e6],
  [/^(centimeters?|centimetres?|cm)$/i, 1e7],
  [/^(meters?|metres?|m)$/i, 1e9],
];

/** 0.41 um are 410 nm, not 410.00000000000006. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Wavelengths in nm and, in the same way, widths of the bands; what could not be used is told in words. */
function spectrumOf(
  fields: EnviFields,
  bands: number,
): { wavelengths: number[] | null; fwhm: number[] | null; note: string | null } {
  const found = enviNumbers(fields, 'wavelength');
  const none = (note: string | null) => ({ wavelengths: null, fwhm: null, note });
  if (found === null)
    return none(enviText(fields, 'wavelength') === undefined ? null : 'not all are numbers');
  if (found.length !== bands) return none(`${found.length} values for ${bands} bands`);
  const units = enviText(fields, 'wavelength units') ?? 'Unknown';
  const known = lengths.find(([pattern]) => pattern.test(units));
  const isVague = /^(unknown|index|none)$/i.test(units);
  if (known === undefined && !isVague) return none(`in ${units}, which is no length`);
  const guessed = known === undefined ? asWavelengths(found) : null;
  if (known === undefined && guessed === null) return none(`in unknown units, from ${found[0]} on`);
  const factor = known?.[1] ?? (guessed?.[0] === found[0] ? 1 : 1e3);
  const widths = enviNumbers(fields, 'fwhm');
  return {
    wavelengths: found.map((value) => rounded(value * factor)),
    fwhm: widths?.length === bands ? widths.map((value) => rounded(value * factor)) : null,
    note: null,
  };
}

/** Texts of the header that are kept as they are, under names that every container can take. */
const keptTexts: readonly (readonly [key: string, note: string])[] = [
  ['description', 'description'],
  ['sensor type', 'sensor_type'],
  ['acquisition time', 'acquisition_time'],
  ['band names', 'band_names'],
  ['data gain values', 'data_gain_values_not_applied'],
  ['data offset values', 'data_offset_values_not_applied'],
];

function notesOf(fields: EnviFields, fwhm: number[] | null, note: string | null): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [key, name] of keptTexts) {
    const text = key === 'description' ? enviText(fields, key) : enviList(fields, key)?.join(', ');
    if (text !== undefined) notes[name] = text;
  }
  if (fwhm !== null) notes.fwhm_nm = fwhm.join(', ');
  if (note !== null) notes.wavelengths_not_read = note;
  return notes;
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Bands whose `bbl` (bad bands list) is 0. */
function badBandsOf(fields: EnviFields, bands: number): number[] | undefined {
  const list = enviNumbers(fields, 'bbl');
  if (list === null || list.length !== bands) return undefined;
  return list.flatMap((good, band) => (good === 0 ? [band] : []));
}

/** Everything a header says of its cube.
 * @throws {DataError} `DATA_WAVELENGTHS` when those of the options do not fit. */
export function enviInfo(
  data: string,
  fields: EnviFields,
  layout: EnviLayout,
  options: ReadCubeOptions,
): CubeInfo {
  const { bands, height, width, stored, interleave } = layout;
  const dtype = dtypeOfStored(stored);
  const { wavelengths, fwhm, note } = spectrumOf(fields, bands);
  const scale = positive(enviText(fields, 'reflectance scale factor'));
  const ignored = enviText(fields, 'data ignore value');
  const ignoreValue = /^nan$/i.test(ignored ?? '') ? Number.NaN : Number(ignored ?? Number.NaN);
  const isIgnoring = ignored !== undefined && (/^nan$/i.test(ignored) || !Number.isNaN(ignoreValue));
  const badBands = badBandsOf(fields, bands);
  const wkt = enviText(fields, 'coordinate system string') ?? null;
  const georeference = georeferenceOf(enviList(fields, 'map info') ?? [], wkt);
  const notes = notesOf(fields, fwhm, note);
  return {
    bands,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(data, bands, wavelengths, options),
    fullScale: options.fullScale ?? scale ?? fullScaleOf(dtype),
    name: basename(data, extname(data)),
    origin: { file: data, format: 'envi', axes: `${axesNames[interleave]} (${interleave})` },
    ...(isIgnoring ? { ignoreValue } : {}),
    ...(badBands === undefined ? {} : { badBands }),
    ...(georeference === null ? {} : { georeference }),
    ...(Object.keys(notes).length === 0 ? {} : { notes }),
  };
}

const axesNames = { bsq: '[B, H, W]', bil: '[H, B, W]', bip: '[H, W, B]' } as const;
