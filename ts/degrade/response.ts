import { ConfigError, DataError } from '../errors.js';
import { readResponseCsv } from './response-csv.js';
import { isResponseMatrix, readResponseMatrix } from './response-matrix.js';
import { type KnownTable, knownTables } from './response-tables.js';

/** How a camera (or the eye) weighs the wavelengths into three channels. Columns sum to 255, so that a spectrum of ones
 * becomes 255 before the division by it: rgb = response^T y / 255. */
export interface CameraResponse {
  /** Id of a known table, or the name of a user's file. */
  name: string;
  /** nm, ascending; one a row. */
  wavelengths: number[];
  /** Row-major `[wavelengths, 3]`, channels in the order R, G, B. */
  table: Float64Array;
  /** Where the numbers come from. */
  source: string;
}

/** Channels of a response. */
export const channels = 3;
const columnSum = 255;
/** Least share of each channel that the bands of a cube must cover. */
const leastCover = 0.5;

/** Scales each column to a sum of 255; columns that already have it keep their bits. */
export function normalizeColumns(table: Float64Array): Float64Array {
  const scaled = table.slice();
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = channel; i < table.length; i += channels) sum += table[i] ?? 0;
    if (Math.abs(sum - columnSum) < 1e-9) continue;
    for (let i = channel; i < table.length; i += channels) scaled[i] = ((table[i] ?? 0) * columnSum) / sum;
  }
  return scaled;
}

/** Ids of the tables that come with hyperlift. */
export const responseNames: readonly string[] = knownTables.map(({ name }) => name);

function responseOfTable({ name, source, wavelengths, values }: KnownTable): CameraResponse {
  return {
    name,
    wavelengths: [...wavelengths],
    table: normalizeColumns(Float64Array.from(values)),
    source,
  };
}

/** A known table by its id, or a user's table from a file: CSV (`wavelength_nm,R,G,B`; also `R,G1,G2,B`, whose greens are averaged, and
 * any order that a header names), or an array of N x 3 in `.npy`, `.npz` or `.mat`, whose wavelengths stand beside it or follow the
 * file's name (`NikonD700.npy@400-700`).
 * @throws {ConfigError} `CONFIG_VALUE` for a name that is neither. @throws {DataError} `DATA_MISSING`, `DATA_RESPONSE`. */
export async function cameraResponse(nameOrFile = 'cie1964'): Promise<CameraResponse> {
  const known = knownTables.find(({ name }) => name === nameOrFile);
  if (known !== undefined) return responseOfTable(known);
  if (!/[./\\]/.test(nameOrFile)) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `'${nameOrFile}' is no camera response that comes with hyperlift (${responseNames.join(', ')}), ` +
        'and no file: a table of your own is a .csv file with the columns wavelength_nm, R, G, B, or an N x 3 array in .npy, .npz or .mat',
    );
  }
  const response = isResponseMatrix(nameOrFile)
    ? await readResponseMatrix(nameOrFile)
    : await readResponseCsv(nameOrFile);
  return { ...response, table: normalizeColumns(response.table) };
}

/** Linear interpolation of one channel; 0 outside the table. */
export function responseAt({ wavelengths, table }: CameraResponse, channel: number, nm: number): number {
  const last = wavelengths.length - 1;
  if (nm < (wavelengths[0] ?? 0) || nm > (wavelengths[last] ?? 0)) return 0;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((wavelengths[middle] ?? 0) <= nm) low = middle;
    else high = middle;
  }
  const [from, to] = [wavelengths[low] ?? 0, wavelengths[high] ?? 0];
  const [a, b] = [table[low * channels + channel] ?? 0, table[high * channels + channel] ?? 0];
  if (nm === to) return b;
  return nm === from || to === from ? a : a + ((b - a) * (nm - from)) / (to - from);
}

/** Width of each band: half the distance between its neighbours, at the ends the distance to the only one. Bands may
 * stand in any order. */
export function bandWidths(wavelengths: readonly number[]): number[] {
  if (wavelengths.length === 1) return [1];
  const order = wavelengths.map((_, i) => i).sort((a, b) => (wavelengths[a] ?? 0) - (wavelengths[b] ?? 0));
  const widths = new Array<number>(wavelengths.length).fill(0);
  order.forEach((band, place) => {
    const left = order[Math.max(0, place - 1)] ?? band;
    const right = order[Math.min(order.length - 1, place + 1)] ?? band;
    const steps = left === band || right === band ? 1 : 2;
    widths[band] = ((wavelengths[right] ?? 0) - (wavelengths[left] ?? 0)) / steps;
  });
  return widths;
}

/** Share of a channel's whole area that lies between two wavelengths. */
function cover(response: CameraResponse, channel: number, from: number, to: number): number {
  const widths = bandWidths(response.wavelengths);
  let inside = 0;
  let whole = 0;
  response.wavelengths.forEach((nm, i) => {
    const area = (response.table[i * channels + channel] ?? 0) * (widths[i] ?? 0);
    whole += area;
    if (nm >= from && nm <= to) inside += area;
  });
  return whole === 0 ? 0 : inside / whole;
}

/** The two ranges, for messages. */
function rangesOf(response: CameraResponse, wavelengths: readonly number[]): [bands: string, table: string] {
  const [low, high] = [Math.min(...wavelengths), Math.max(...wavelengths)];
  return [
    `the bands (${low} to ${high} nm)`,
    `the response '${response.name}' (${response.wavelengths[0]} to ${response.wavelengths.at(-1)} nm)`,
  ];
}

/** @throws {DataError} `DATA_WAVELENGTH_RANGE` where bands and table do not meet, or the bands leave out most of a channel. */
function requireCover(response: CameraResponse, wavelengths: readonly number[]): void {
  const half = Math.max(...bandWidths(wavelengths)) / 2;
  const [low, high] = [Math.min(...wavelengths) - half, Math.max(...wavelengths) + half];
  const [bands, table] = rangesOf(response, wavelengths);
  const apart = high < (response.wavelengths[0] ?? 0) || low > (response.wavelengths.at(-1) ?? 0);
  if (apart) throw new DataError('DATA_WAVELENGTH_RANGE', `${bands} and ${table} do not overlap`);
  for (let channel = 0; channel < channels; channel++) {
    const share = cover(response, channel, low, high);
    const sees = wavelengths.some((nm) => responseAt(response, channel, nm) > 0);
    if (share >= leastCover && sees) continue;
    const found = sees
      ? `cover ${Math.round(share * 100)} % of channel ${'RGB'[channel]}`
      : `miss channel ${'RGB'[channel]}`;
    throw new DataError(
      'DATA_WAVELENGTH_RANGE',
      `${bands} ${found} of ${table}; at least ${leastCover * 100} % are needed to make an RGB image of them`,
    );
  }
}

/** The response at the bands of a cube: interpolated linearly, weighed by the bands' widths, and scaled so that columns
 * sum to 255 again. At its own wavelengths a table keeps its bits.
 * @throws {DataError} `DATA_WAVELENGTH_RANGE` when the bands cover less than half of a channel. */
export function resampleResponse(response: CameraResponse, wavelengths: readonly number[]): CameraResponse {
  const widths = bandWidths(wavelengths);
  requireCover(response, wavelengths);
  const table = new Float64Array(wavelengths.length * channels);
  const same = widths.every((width) => width === widths[0]);
  wavelengths.forEach((nm, i) => {
    const weight = same ? 1 : (widths[i] ?? 0);
    for (let channel = 0; channel < channels; channel++) {
      table[i * channels + channel] = responseAt(response, channel, nm) * weight;
    }
  });
  return { ...response, wavelengths: [...wavelengths], table: normalizeColumns(table) };
}

/** The field's 31 bands, 400..700 nm. */
const usualWavelengths: readonly number[] = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

/** The response at a cube's bands; a cube of 31 bands without wavelengths is taken to have the field's, 400..700 nm.
 * @throws {DataError} `DATA_WAVELENGTHS` when a cube of another number of bands has none, and
 * {@link resampleResponse}'s. */
export function responseFor(
  response: CameraResponse,
  cube: { name: string; bands: number; wavelengths: readonly number[] | null },
): CameraResponse {
  if (cube.wavelengths !== null) return resampleResponse(response, cube.wavelengths);
  if (cube.bands === usualWavelengths.length) return resampleResponse(response, usualWavelengths);
  throw new DataError(
    'DATA_WAVELENGTHS',
    `${cube.name}: ${cube.bands} bands of unknown wavelength; an RGB image can only be made of known ones: give them (option 'wavelengths' where the command has it)`,
  );
}

/** A response as plain JSON, for checkpoints. */
export interface ResponseRecord {
  name: string;
  source: string;
  wavelengths: number[];
  table: number[];
}

/** For the `rgb` entry of a checkpoint's metadata. */
export function responseRecord({ name, source, wavelengths, table }: CameraResponse): ResponseRecord {
  return { name, source, wavelengths: [...wavelengths], table: [...table] };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isFinite(item));
}

/** The response that {@link responseRecord} wrote.
 * @throws {DataError} `DATA_RESPONSE` when the record is not one. */
export function responseFromRecord(record: unknown): CameraResponse {
  const fields: Partial<Record<keyof ResponseRecord, unknown>> =
    typeof record === 'object' && record !== null ? record : {};
  const { name, source, wavelengths, table } = fields;
  const sound = isNumbers(wavelengths) && isNumbers(table) && table.length === wavelengths.length * channels;
  if (typeof name !== 'string' || !sound) {
    throw new DataError('DATA_RESPONSE', 'the record of the camera response in the checkpoint is damaged');
  }
  const from = typeof source === 'string' ? source : 'unknown';
  return { name, source: from, wavelengths: [...wavelengths], table: Float64Array.from(table) };
}
