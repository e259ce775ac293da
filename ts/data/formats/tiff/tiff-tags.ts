import { bytesPerValue, type CubeDType, type Georeference } from '../../cube.js';
import type { CubePlan } from '../format.js';
import type { TiffTag } from './tiff-directory-writer.js';
import { geo } from './tiff-georeference.js';
import { tags } from './tiff-pictures.js';

/** Where the strips are. */
export interface Strips {
  offsets: Float64Array;
  byteCounts: Float64Array;
  stripRows: number;
  predictor: 1 | 2;
}

const formats: Record<CubeDType, number> = {
  uint8: 1,
  uint16: 1,
  int16: 2,
  int32: 2,
  float32: 3,
  float64: 3,
};
const deflate = 8;
const blackIsZero = 1;
const planes = 2;

/** Tags that say how the values are stored. */
export function pictureTags(
  { bands, height, width, dtype }: CubePlan,
  { offsets, byteCounts, stripRows, predictor }: Strips,
): TiffTag[] {
  const each = (value: number, count = bands) => new Array<number>(count).fill(value);
  const short = (tag: number, ...values: number[]): TiffTag => ({ tag, type: 'short', values });
  return [
    { tag: tags.width, type: 'long', values: [width] },
    { tag: tags.height, type: 'long', values: [height] },
    short(tags.bitsPerSample, ...each(bytesPerValue(dtype) * 8)),
    short(tags.compression, deflate),
    short(tags.photometric, blackIsZero),
    { tag: tags.stripOffsets, type: 'offset', values: offsets },
    short(tags.samplesPerPixel, bands),
    { tag: tags.rowsPerStrip, type: 'long', values: [stripRows] },
    { tag: tags.stripByteCounts, type: 'offset', values: byteCounts },
    short(tags.planar, planes),
    { tag: tags.software, type: 'text', text: 'hyperlift' },
    short(tags.predictor, predictor),
    ...(bands > 1 ? [short(tags.extraSamples, ...each(0, bands - 1))] : []),
    short(tags.sampleFormat, ...each(formats[dtype])),
  ];
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** GDAL's metadata: what bands and file are called; null where there is nothing to say. */
function gdalMetadata(
  { wavelengths, badBands, bands }: CubePlan,
  notes: Readonly<Record<string, string>>,
): string | null {
  const flags = Array.from({ length: bands }, (_, band) => (badBands?.includes(band) ? 0 : 1));
  const items = [
    ...Object.entries(notes).map(([name, text]) => `<Item name="${escaped(name)}">${escaped(text)}</Item>`),
    ...(badBands === undefined ? [] : [`<Item name="bbl">{${flags.join(', ')}}</Item>`]),
    ...(wavelengths ?? []).flatMap((value, band) => [
      `<Item name="wavelength" sample="${band}">${value}</Item>`,
      `<Item name="wavelength_units" sample="${band}">Nanometers</Item>`,
    ]),
  ];
  return items.length === 0 ? null : `<GDALMetadata>\n  ${items.join('\n  ')}\n</GDALMetadata>\n`;
}

/** Keys of GeoTIFF whose values are doubles. */
function isDouble(key: number): boolean {
  return [2055, 2057, 2058, 2059, 2061].includes(key) || (key >= 3077 && key <= 3095);
}

/** Codes of coordinate systems in degrees. */
function isGeographic(epsg: number): boolean {
  return epsg >= 4001 && epsg <= 4999;
}

/** GeoTIFF's keys of a place: its own where it came with some, else those that name its code. */
function geoTags({ geoKeys, epsg }: Georeference): TiffTag[] {
  const code = epsg ?? 0;
  const byCode: Record<string, number> = {
    [geo.modelType]: isGeographic(code) ? 2 : 1,
    [isGeographic(code) ? geo.geographic : geo.projected]: code,
  };
  const keys: Record<string, number | string> = geoKeys ?? (epsg === null ? {} : byCode);
  const doubles: number[] = [];
  const texts: string[] = [];
  const entries = Object.entries<number | string>({ [geo.rasterType]: 1, ...keys })
    .map(([key, value]) => [Number(key), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([key, value]) => {
      if (typeof value === 'string') {
        const place = texts.join('').length;
        texts.push(`${value}|`);
        return [key, tags.geoTexts, value.length + 1, place];
      }
      if (!isDouble(key) && Number.isInteger(value) && value >= 0 && value <= 65_535)
        return [key, 0, 1, value];
      return [key, tags.geoDoubles, 1, doubles.push(value) - 1];
    });
  return [
    { tag: tags.geoKeys, type: 'short', values: [1, 1, 0, entries.length, ...entries.flat()] },
    ...(doubles.length > 0 ? [{ tag: tags.geoDoubles, type: 'double', values: doubles } as const] : []),
    ...(texts.length > 0 ? [{ tag: tags.geoTexts, type: 'text', text: texts.join('') } as const] : []),
  ];
}

/** A tie point and a scale, or a matrix where rows do not run along the map's. */
function placeTags({ x, y, pixelWidth, pixelHeight, rotation = 0 }: Georeference): TiffTag[] {
  if (rotation === 0) {
    return [
      { tag: tags.pixelScale, type: 'double', values: [pixelWidth, pixelHeight, 0] },
      { tag: tags.tiepoints, type: 'double', values: [0, 0, 0, x, y, 0] },
    ];
  }
  const turn = (rotation * Math.PI) / 180;
  const [along, across] = [Math.cos(turn), Math.sin(turn)];
  const matrix = [
    [pixelWidth * along, pixelHeight * across, 0, x],
    [pixelWidth * across, -pixelHeight * along, 0, y],
    [0, 0, 0, 0],
    [0, 0, 0, 1],
  ];
  return [{ tag: tags.transformation, type: 'double', values: matrix.flat() }];
}

/** Tags that say what the values are: metadata, the ignored value, the place on the map. */
export function describingTags(plan: CubePlan, notes: Readonly<Record<string, string>>): TiffTag[] {
  const { georeference, ignoreValue } = plan;
  const metadata = gdalMetadata(plan, notes);
  return [
    ...(metadata === null ? [] : [{ tag: tags.gdalMetadata, type: 'text', text: metadata } as const]),
    ...(ignoreValue === undefined
      ? []
      : [{ tag: tags.gdalNoData, type: 'text', text: String(ignoreValue) } as const]),
    ...(georeference === undefined ? [] : [...placeTags(georeference), ...geoTags(georeference)]),
  ];
}
