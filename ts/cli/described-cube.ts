import type { CubeInfo, ValueSummary } from '../data/index.js';

/** A number as people read it: whole, or with some four digits. */
export function short(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** `4.5 MiB` */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 2 ** (10 * power);
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}

/** Bands, counted from 0, as ranges: `0-3, 7`. */
function rangesOf(numbers: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const number of numbers) {
    const open = parts.at(-1);
    if (open !== undefined && open[1] === number - 1) open[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
}

/** `400 to 700 nm, every 10`, or with the least and greatest step. */
function wavelengthWords(wavelengths: readonly number[] | null, bands: number): string {
  if (wavelengths === null) {
    return `not in the file${bands === 31 ? '; 31 bands are taken to be 400 to 700 nm where wavelengths are needed' : ''}`;
  }
  const [first = 0, last = 0] = [wavelengths[0], wavelengths.at(-1)];
  const steps = wavelengths.slice(1).map((nm, i) => nm - (wavelengths[i] ?? 0));
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  const every =
    steps.length === 0
      ? ''
      : most - least < 1e-6 * Math.abs(most)
        ? `, every ${short(most)}`
        : `, ${short(least)} to ${short(most)} apart`;
  return `${short(first)} to ${short(last)} nm${every}${least <= 0 ? ' (not ascending)' : ''}`;
}

function valueWords(info: CubeInfo, values: ValueSummary): string[] {
  const { least, most, mean, deviation, zeros, notFinite, ignored, counted, total } = values;
  const share = (count: number) => `${short((100 * count) / counted)} %`;
  const odd = [
    ...(zeros > 0 ? [`${share(zeros)} are 0`] : []),
    ...(notFinite > 0 ? [`${notFinite} are NaN or infinite`] : []),
    ...(ignored > 0 ? [`${share(ignored)} are the ignore value`] : []),
    ...(counted < total ? [`of ${short((100 * counted) / total)} % of the values, evenly spread`] : []),
  ];
  const words = `${short(least)} to ${short(most)}, mean ${short(mean)}, deviation ${short(deviation)}`;
  const scale = most <= 0 ? '' : `; the greatest is ${short(most / info.fullScale)} of full scale`;
  return [`${words}${scale}${odd.length > 0 ? `; ${odd.join(', ')}` : ''}`];
}

function placeWords({ georeference: place }: CubeInfo): string[] {
  if (place === undefined) return [];
  const system =
    place.epsg !== null ? `EPSG:${place.epsg}` : place.wkt !== null ? 'a system as WKT' : 'unknown';
  return [
    `corner ${place.x}, ${place.y}, pixels of ${short(place.pixelWidth)} x ${short(place.pixelHeight)}, ${system}`,
  ];
}

/** Other arrays of the file. */
function arrayWords({ variables = [], origin }: CubeInfo): string[] {
  const others = variables.filter(({ name }) => name !== origin.variable);
  if (others.length === 0) return [];
  const shown = others.slice(0, 8).map(({ name, type, shape }) => `${name} (${shape.join(' x ')} ${type})`);
  return [`${shown.join(', ')}${others.length > 8 ? `, and ${others.length - 8} more` : ''}`];
}

/** What a person wants to know of a cube, a line each: a word and what it is. */
export function cubeLines(
  info: CubeInfo,
  { title, bytes, values }: { title: string; bytes: number; values: ValueSummary | null },
): [word: string, text: string][] {
  const { bands, height, width, dtype, fullScale, origin, ignoreValue, badBands, notes = {} } = info;
  const array = origin.variable === undefined ? '' : `, array '${origin.variable}'`;
  const optional = (word: string, texts: readonly string[]) =>
    texts.map((text): [string, string] => [word, text]);
  return [
    ['container', `${title}${array}, ${sizeInWords(bytes)}`],
    ['cube', `${bands} bands of ${height} x ${width} pixels (height x width), ${dtype}`],
    ['wavelengths', wavelengthWords(info.wavelengths, bands)],
    ...optional('values', values === null ? [] : valueWords(info, values)),
    ['full scale', short(fullScale)],
    ...optional('axes', origin.axes === undefined ? [] : [origin.axes]),
    ...optional('ignore', ignoreValue === undefined ? [] : [`${ignoreValue} stands for no measurement`]),
    ...optional('bad bands', badBands === undefined || badBands.length === 0 ? [] : [rangesOf(badBands)]),
    ...optional('map', placeWords(info)),
    ...Object.entries(notes).map(([word, text]): [string, string] => [word.replaceAll('_', ' '), text]),
    ...optional('also there', arrayWords(info)),
  ];
}
