import type { Georeference } from '../../cube.js';

const wgs84 = /^(wgs[-_ ]?(19)?84|world geodetic system 1984)$/i;

/** The EPSG code of a projection as ENVI names it, where it is one we know: UTM and longitude with latitude on WGS-84. */
function epsgOf(projection: string, fields: readonly string[]): number | null {
  if (!fields.some((field) => wgs84.test(field))) return null;
  if (/^geographic lat\/lon$/i.test(projection)) return 4326;
  const zone = Number(fields[7]);
  if (!/^utm$/i.test(projection) || !Number.isInteger(zone) || zone < 1 || zone > 60) return null;
  return (/^south$/i.test(fields[8] ?? '') ? 32700 : 32600) + zone;
}

function rotationOf(fields: readonly string[]): number {
  const text = fields.find((field) => /^rotation\s*=/i.test(field));
  const degrees = Number(text?.split('=')[1]);
  return Number.isFinite(degrees) ? degrees : 0;
}

/** Reads `map info`: projection, reference pixel (its upper left corner is 1, 1), place of it, size of a pixel, then zone,
 * hemisphere, datum, units and rotation. Null where it is not of this form.
 * @param wkt the header's `coordinate system string`. */
export function georeferenceOf(mapInfo: readonly string[], wkt: string | null): Georeference | null {
  const [projection = '', ...rest] = mapInfo;
  const numbers = rest.slice(0, 6).map(Number);
  const [pixel = 1, line = 1, east = 0, north = 0, pixelWidth = 0, pixelHeight = 0] = numbers;
  if (numbers.length < 6 || !numbers.every(Number.isFinite) || !(pixelWidth > 0 && pixelHeight > 0))
    return null;
  const rotation = rotationOf(mapInfo);
  const [right, down] = [(pixel - 1) * pixelWidth, (line - 1) * pixelHeight];
  const [cos, sin] = [Math.cos((rotation * Math.PI) / 180), Math.sin((rotation * Math.PI) / 180)];
  return {
    x: east - right * cos - down * sin,
    y: north - right * sin + down * cos,
    pixelWidth,
    pixelHeight,
    ...(rotation === 0 ? {} : { rotation }),
    epsg: epsgOf(projection, mapInfo),
    wkt,
    mapInfo: [...mapInfo],
  };
}

function sameGrid(a: Georeference, b: Georeference): boolean {
  const near = (x: number, y: number, size: number) => Math.abs(x - y) <= 1e-6 * size;
  return (
    near(a.x, b.x, b.pixelWidth) &&
    near(a.y, b.y, b.pixelHeight) &&
    near(a.pixelWidth, b.pixelWidth, b.pixelWidth) &&
    near(a.pixelHeight, b.pixelHeight, b.pixelHeight) &&
    (a.rotation ?? 0) === (b.rotation ?? 0)
  );
}

/** The fields of `map info`. ENVI's own are kept word for word as long as they still say where the cube lies. */
export function mapInfoOf(place: Georeference): string[] {
  const own = place.mapInfo === undefined ? null : georeferenceOf(place.mapInfo, null);
  if (place.mapInfo !== undefined && own !== null && sameGrid(own, place)) return place.mapInfo;
  const { x, y, pixelWidth, pixelHeight, rotation = 0, epsg } = place;
  const grid = [1, 1, x, y, pixelWidth, pixelHeight].map(String);
  const turned = rotation === 0 ? [] : [`rotation=${rotation}`];
  const zone = (epsg ?? 0) % 100;
  const family = (epsg ?? 0) - zone;
  if (epsg === 4326) return ['Geographic Lat/Lon', ...grid, 'WGS-84', 'units=Degrees', ...turned];
  if ((family === 32600 || family === 32700) && zone >= 1 && zone <= 60) {
    const half = family === 32600 ? 'North' : 'South';
    return ['UTM', ...grid, String(zone), half, 'WGS-84', 'units=Meters', ...turned];
  }
  return ['Arbitrary', ...grid, ...turned];
}
