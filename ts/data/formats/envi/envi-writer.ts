import { endianness } from 'node:os';
import { extname } from 'node:path';
import { DataError } from '../../../errors.js';
import { AtomicFile } from '../../../io/atomic-write.js';
import { type CubeDType, fullScaleOf } from '../../cube.js';
import { enviTypes, type Interleave } from './envi-facts.js';
import { enviDataEndings } from './envi-files.js';
import { mapInfoOf } from './envi-map.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { rawWriter } from '../raw-writer.js';

type Notes = Readonly<Record<string, string>>;

/** Notes that have a field of their own; those that list something for each band must have one for each. */
const noteFields: readonly (readonly [note: string, key: string, perBand: boolean])[] = [
  ['sensor_type', 'sensor type', false],
  ['acquisition_time', 'acquisition time', false],
  ['band_names', 'band names', true],
  ['fwhm_nm', 'fwhm', true],
];

function typeCode(path: string, dtype: CubeDType): number {
  const code = enviTypes.find(([, type]) => type === dtype)?.[0];
  if (code === undefined) throw new DataError('DATA_TYPE', `${path}: ${dtype} is not written as ENVI`);
  return code;
}

/** Text as it can stand in braces. */
function plainText(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')').replace(/^\s*;/gm, ',');
}

function list(items: readonly (string | number)[]): string {
  return `{${items.map((item) => plainText(String(item))).join(', ')}}`;
}

/** All notes without a field of their own are told in the description. */
function description(notes: Notes, used: ReadonlySet<string>): string | null {
  const { description: own, ...others } = notes;
  const rest = Object.entries(others).filter(([name]) => !used.has(name));
  const lines = [...(own === undefined ? [] : [own]), ...rest.map(([name, text]) => `${name}: ${text}`)];
  return lines.length === 0 ? null : plainText(lines.join('\n'));
}

/** What the header says beyond sizes and type. */
function* extras(plan: CubePlan): Generator<[key: string, value: string]> {
  const { bands, dtype, fullScale, ignoreValue, wavelengths, badBands, georeference } = plan;
  if (fullScale !== undefined && fullScale !== fullScaleOf(dtype)) {
    yield ['reflectance scale factor', String(fullScale)];
  }
  if (ignoreValue !== undefined) yield ['data ignore value', String(ignoreValue)];
  if (wavelengths !== null) {
    yield ['wavelength units', 'Nanometers'];
    yield ['wavelength', list(wavelengths)];
  }
  if (badBands !== undefined) {
    yield ['bbl', list(Array.from({ length: bands }, (_, band) => (badBands.includes(band) ? 0 : 1)))];
  }
  if (georeference === undefined) return;
  yield ['map info', list(mapInfoOf(georeference))];
  if (georeference.wkt !== null) yield ['coordinate system string', list([georeference.wkt])];
}

/** The text of a header for the values of a plan. */
export function enviHeaderText(path: string, plan: CubePlan, interleave: Interleave, notes: Notes): string {
  const carried = noteFields.filter(([note, , perBand]) => {
    const text = notes[note];
    return text !== undefined && (!perBand || text.split(',').length === plan.bands);
  });
  const text = description(notes, new Set(carried.map(([note]) => note)));
  const fields: [string, string | number][] = [
    ...(text === null ? [] : [['description', `{\n${text}}`] as [string, string]]),
    ['samples', plan.width],
    ['lines', plan.height],
    ['bands', plan.bands],
    ['header offset', 0],
    ['file type', 'ENVI Standard'],
    ['data type', typeCode(path, plan.dtype)],
    ['interleave', interleave],
    ['byte order', endianness() === 'LE' ? 0 : 1],
    ...extras(plan),
    ...carried.map(([note, key, perBand]): [string, string] => {
      const items = (notes[note] ?? '').split(',').map((item) => item.trim());
      return [key, perBand ? list(items) : plainText(notes[note] ?? '').replace(/\s+/g, ' ')];
    }),
  ];
  return `ENVI\n${fields.map(([key, value]) => `${key} = ${value}\n`).join('')}`;
}

/** Header and data file that a name stands for: `x.hdr` and `x.img` either way, other endings of the field as they are;
 * any other name is that of the data file, and the header follows it. */
function namesFor(path: string): { header: string; data: string } {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  if (ending.toLowerCase() === '.hdr') return { header: path, data: `${stem}.img` };
  const isUsual = ending !== '' && enviDataEndings.includes(ending.toLowerCase());
  return { header: `${isUsual ? stem : path}.hdr`, data: path };
}

/** The order of values: as asked, else as the ending says. */
function interleaveFor(path: string, asked: Interleave | undefined): Interleave {
  const ending = extname(path).slice(1).toLowerCase();
  return asked ?? (ending === 'bil' || ending === 'bip' ? ending : 'bsq');
}

/** Begins an ENVI cube: values in this machine's byte order, and a header that keeps wavelengths, bad bands, the value for
 * nothing measured, scale, texts and place on the map. Both files appear when the cube is whole, the header last.
 * @throws {DataError} `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createEnvi(
  path: string,
  plan: CubePlan,
  { interleave: asked, notes = {} }: WriteCubeOptions,
): Promise<CubeWriter> {
  const interleave = interleaveFor(path, asked);
  const names = namesFor(path);
  const text = enviHeaderText(path, plan, interleave, { ...plan.notes, ...notes });
  const file = await AtomicFile.open(names.data);
  let header: AtomicFile | null = null;
  try {
    header = await AtomicFile.open(names.header);
    await header.write(Buffer.from(text, 'utf8'), 0);
  } catch (cause) {
    await header?.abort();
    await file.abort();
    throw cause;
  }
  return rawWriter(plan, { file, interleave }, new Uint8Array(), [header]);
}
