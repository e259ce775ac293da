import type { Georeference } from '../../cube.js';
import type { TiffDirectory } from './tiff-directory.js';
import { tags } from './tiff-pictures.js';

/** GeoTIFF's numbers of its own keys. */
export const geo = {
  modelType: 1024,
  rasterType: 1025,
  geographic: 2048,
  projected: 3072,
} as const;
/** "Defined by the other keys": no code. */
const userDefined = 32767;
const pixelIsPoint = 2;

/** GeoTIFF's keys: short numbers, or doubles and texts kept in tags of their own. */
async function geoKeys(directory: TiffDirectory): Promise<Record<string, number | string>> {
  const [, , , count = 0, ...entries] = await directory.numbers(tags.geoKeys);
  const doubles = await directory.numbers(tags.geoDoubles);
  const texts = (await directory.raw(tags.geoTexts))?.toString('utf8') ?? '';
  const keys: Record<string, number | string> = {};
  for (let i = 0; i < Math.min(count, Math.floor(entries.length / 4)); i++) {
    const [key = 0, place = 0, length = 0, value = 0] = entries.slice(i * 4, i * 4 + 4);
    if (place === 0) keys[key] = value;
    if (place === tags.geoDoubles) keys[key] = doubles[value] ?? Number.NaN;
    if (place === tags.geoTexts) keys[key] = texts.slice(value, value + length).replace(/[|\0]+$/, '');
  }
  return keys;
}

/** Place and size of the first pixel, from a tie point and a scale, or from a matrix. */
async function placeOf(
  directory: TiffDirectory,
): Promise<Pick<Georeference, 'x' | 'y' | 'pixelWidth' | 'pixelHeight' | 'rotation'> | null> {
  const [pixelWidth = 0, pixelHeight = 0] = await directory.numbers(tags.pixelScale);
  const [column = 0, row = 0, , x, y] = await directory.numbers(tags.tiepoints);
  if (pixelWidth > 0 && pixelHeight > 0 && x !== undefined && y !== undefined) {
    return { x: x - column * pixelWidth, y: y + row * pixelHeight, pixelWidth, pixelHeight };
  }
  const [a = 0, b = 0, , left, d = 0, e = 0, , top] = await directory.numbers(tags.transformation);
  if (left === undefined || top === undefined) return null;
  const sizes = { pixelWidth: Math.hypot(a, d), pixelHeight: Math.hypot(b, e) };
  if (!(sizes.pixelWidth > 0 && sizes.pixelHeight > 0)) return null;
  const rotation = (Math.atan2(d, a) * 180) / Math.PI;
  return { x: left, y: top, ...sizes, ...(rotation === 0 ? {} : { rotation }) };
}

/** Where a GeoTIFF says that it lies; null where it does not. */
export async function georeferenceOf(directory: TiffDirectory): Promise<Georeference | null> {
  const place = await placeOf(directory);
  if (place === null || ![place.x, place.y].every(Number.isFinite)) return null;
  const keys = await geoKeys(directory);
  const code = Number(keys[geo.projected] ?? keys[geo.geographic] ?? userDefined);
  // Points stand for the middle of their pixel.
  const shift = keys[geo.rasterType] === pixelIsPoint ? 0.5 : 0;
  return {
    ...place,
    x: place.x - shift * place.pixelWidth,
    y: place.y + shift * place.pixelHeight,
    epsg: code === userDefined || code === 0 ? null : code,
    wkt: null,
    geoKeys: shift === 0 ? keys : { ...keys, [geo.rasterType]: 1 },
  };
}
