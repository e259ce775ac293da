import { asWavelengths } from '../cube-choice.js';

/** One item of GDAL's metadata. */
interface Item {
  name: string;
  /** Band, counted from 0; null for the whole file. */
  sample: number | null;
  role: string | null;
  value: string;
}

/** What GDAL's metadata say of a cube. */
export interface GdalFacts {
  wavelengths: number[] | null;
  badBands: number[] | null;
  notes: Record<string, string>;
}

const longest = 1 << 22;

function unescaped(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(\w+);/g, (whole, name: string) => named[name] ?? whole);
}

function itemsOf(xml: string): Item[] {
  const attribute = (text: string, name: string) =>
    new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? null;
  return [...xml.slice(0, longest).matchAll(/<Item\b([^>]*)>([^<]*)<\/Item>/g)].map(
    ([, head = '', value = '']) => {
      const sample = attribute(head, 'sample');
      return {
        name: unescaped(attribute(head, 'name') ?? ''),
        sample: sample === null ? null : Number(sample),
        role: attribute(head, 'role'),
        value: unescaped(value).trim(),
      };
    },
  );
}

/** Numbers of a list such as `{400, 410.5}`. */
function listOf(value: string): number[] {
  return value
    .replace(/[{}]/g, '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
}

/** One number a band, from items of bands. */
function perBand(
  items: readonly Item[],
  bands: number,
  numberOf: (item: Item) => number | null,
): number[] | null {
  const values = new Array<number>(bands).fill(Number.NaN);
  for (const item of items) {
    const value = item.sample === null ? null : numberOf(item);
    if (value !== null && item.sample !== null && item.sample < bands) values[item.sample] = value;
  }
  return values.every(Number.isFinite) ? values : null;
}

const wavelengthName = /^(cent(er|ral|re)_?)?wavelengths?(_(nm|um))?$/i;

function wavelengthsOf(items: readonly Item[], bands: number): number[] | null {
  const named = items.filter(({ name }) => wavelengthName.test(name));
  const list = named.find(({ sample }) => sample === null);
  const described = (item: Item): number | null => {
    if (item.role !== 'description') return null;
    const [, value] = /(\d+(?:\.\d+)?)\s*\(?(?:nm|nanomet|um|µm|micromet)/i.exec(item.value) ?? [];
    return value === undefined ? null : Number(value);
  };
  const found =
    (list === undefined ? null : listOf(list.value)) ??
    perBand(named, bands, ({ value }) => Number.parseFloat(value)) ??
    perBand(items, bands, described);
  return found?.length === bands ? asWavelengths(found) : null;
}

/** Reads GDAL's metadata. */
export function gdalFacts(xml: string, bands: number): GdalFacts {
  const items = itemsOf(xml);
  const good = items.find(({ name, sample }) => name === 'bbl' && sample === null);
  const flags = good === undefined ? [] : listOf(good.value);
  const bad = flags.flatMap((flag, band) => (flag === 0 ? [band] : []));
  const others = items.filter(
    ({ name, sample, role }) =>
      sample === null && role === null && name !== 'bbl' && !/wavelength/i.test(name),
  );
  return {
    wavelengths: wavelengthsOf(items, bands),
    badBands: flags.length === bands ? bad : null,
    notes: Object.fromEntries(others.map(({ name, value }) => [name, value])),
  };
}

/** Wavelengths and notes of a description: JSON as some writers put there, or words. */
export function descriptionFacts(text: string, bands: number): Pick<GdalFacts, 'wavelengths' | 'notes'> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null) {
      const values =
        'wavelengths' in found && Array.isArray(found.wavelengths) ? found.wavelengths.map(Number) : [];
      return { wavelengths: values.length === bands ? asWavelengths(values) : null, notes: {} };
    }
  } catch {
    // Words, then.
  }
  return { wavelengths: null, notes: text === '' ? {} : { description: text.slice(0, 10_000) } };
}
