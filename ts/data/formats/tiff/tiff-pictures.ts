import { DataError } from '../../../errors.js';
import type { TiffDirectory, TiffFile } from './tiff-directory.js';
import type { StoredType } from '../stored-types.js';

/** Tags, by the names of the standard. */
export const tags = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  software: 305,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  pixelScale: 33550,
  tiepoints: 33922,
  transformation: 34264,
  geoKeys: 34735,
  geoDoubles: 34736,
  geoTexts: 34737,
  gdalMetadata: 42112,
  gdalNoData: 42113,
} as const;

/** A cube has more bands than a picture (RGB, RGB and alpha). */
const fewestBands = 5;

/** What all pictures of a cube have in common. */
export interface PictureFacts {
  width: number;
  height: number;
  samples: number;
  bits: number;
  /** 1 unsigned, 2 signed, 3 floating, 5 and 6 complex. */
  sampleFormat: number;
}

/** What the tags of a picture say of its values. */
export async function pictureFactsOf(directory: TiffDirectory): Promise<PictureFacts> {
  return {
    width: await directory.number(tags.width, 0),
    height: await directory.number(tags.height, 0),
    samples: await directory.number(tags.samplesPerPixel, 1),
    bits: await directory.number(tags.bitsPerSample, 1),
    sampleFormat: await directory.number(tags.sampleFormat, 1),
  };
}

/** Overviews, thumbnails and masks are no bands. */
async function isAside(directory: TiffDirectory): Promise<boolean> {
  const kind = await directory.number(tags.newSubfileType, 0);
  return (kind & 5) !== 0 || (await directory.number(tags.subfileType, 1)) === 2;
}

function isSame(a: PictureFacts, b: PictureFacts): boolean {
  return (Object.keys(a) as (keyof PictureFacts)[]).every((key) => a[key] === b[key]);
}

/** The pictures that make the cube: one of many samples, or many pages of one sample.
 * @param enough stops looking for pages there.
 * @returns null when the file is a picture, not a cube. */
export async function cubePictures(
  tiff: TiffFile,
  enough = Number.POSITIVE_INFINITY,
): Promise<{ facts: PictureFacts; pages: TiffDirectory[] } | null> {
  let facts: PictureFacts | null = null;
  const pages: TiffDirectory[] = [];
  for await (const directory of tiff.directories()) {
    if (facts !== null && (await isAside(directory))) continue;
    const own = await pictureFactsOf(directory);
    if (facts === null) {
      facts = own;
      if (own.samples >= fewestBands) return { facts, pages: [directory] };
      if (own.samples !== 1) return null;
    }
    if (!isSame(facts, own)) continue;
    pages.push(directory);
    if (pages.length >= enough) break;
  }
  return facts === null || pages.length < fewestBands ? null : { facts, pages };
}

/** Whether a file is a cube, by reading no more pictures than needed. */
export async function isCube(tiff: TiffFile): Promise<boolean> {
  return (await cubePictures(tiff, fewestBands)) !== null;
}

/** How values are stored.
 * @throws {DataError} `DATA_TYPE`, `DATA_UNSUPPORTED`. */
export function storedTypeOf(path: string, { bits, sampleFormat }: PictureFacts): StoredType {
  if (sampleFormat === 5 || sampleFormat === 6) {
    throw new DataError('DATA_TYPE', `${path}: holds complex numbers; a cube is an array of real numbers`);
  }
  const kind = sampleFormat === 3 ? 'float' : sampleFormat === 2 ? 'int' : 'uint';
  const sizes = kind === 'float' ? [16, 32, 64] : [8, 16, 32, 64];
  if (sizes.includes(bits)) return `${kind}${bits}` as StoredType;
  throw new DataError('DATA_UNSUPPORTED', `${path}: samples of ${bits} bits (${kind}) are not read`);
}
