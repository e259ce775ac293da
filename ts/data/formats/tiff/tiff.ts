import { basename, extname } from 'node:path';
import { DataError, HyperliftError } from '../../../errors.js';
import { RandomAccessFile } from '../../../io/file.js';
import { type CubeInfo, fullScaleOf } from '../../cube.js';
import {
  type CubeFormat,
  type CubeReader,
  type ReadCubeOptions,
  settleWavelengths,
  settleWindow,
} from '../format.js';
import { type TiffDirectory, TiffFile } from './tiff-directory.js';
import { georeferenceOf } from './tiff-georeference.js';
import { layoutOf } from './tiff-layout.js';
import { descriptionFacts, gdalFacts } from './tiff-metadata.js';
import { cubePictures, isCube, tags } from './tiff-pictures.js';
import { createTiff } from './tiff-writer.js';
import { TiffValues } from './tiff-thread.js';
import type { TiffCube } from './tiff-work.js';

/** What the tags add to the sizes. */
async function factsOf(
  directory: TiffDirectory,
  bands: number,
): Promise<Pick<CubeInfo, 'wavelengths' | 'ignoreValue' | 'badBands' | 'georeference' | 'notes'>> {
  const gdal = gdalFacts((await directory.text(tags.gdalMetadata)) ?? '', bands);
  const described = descriptionFacts((await directory.text(tags.description)) ?? '', bands);
  const noData = await directory.text(tags.gdalNoData);
  const ignoreValue = Number(noData);
  const place = await georeferenceOf(directory);
  const notes = { ...described.notes, ...gdal.notes };
  return {
    wavelengths: gdal.wavelengths ?? described.wavelengths,
    ...(noData === null || noData === '' || Number.isNaN(ignoreValue) ? {} : { ignoreValue }),
    ...(gdal.badBands === null ? {} : { badBands: gdal.badBands }),
    ...(place === null ? {} : { georeference: place }),
    ...(Object.keys(notes).length === 0 ? {} : { notes }),
  };
}

/** How bands lie in the file, in words. */
function axesOf({ samples, bands }: TiffCube, pages: number): string {
  if (samples > 1) return `[H, W, B] (${bands} samples a pixel)`;
  return pages > 1 ? `[B, H, W] (${pages} pages)` : `[B, H, W] (${bands} planes)`;
}

async function describe(
  file: RandomAccessFile,
  options: ReadCubeOptions,
): Promise<{ info: CubeInfo; cube: TiffCube }> {
  const { path } = file;
  const tiff = await TiffFile.of(file);
  const found = await cubePictures(tiff);
  const [first] = found?.pages ?? [];
  if (found === null || first === undefined) {
    throw new DataError('DATA_FORMAT', `${path}: a picture of fewer than 5 bands, where a cube was expected`);
  }
  const cube = await layoutOf(tiff, found);
  const { bands, height, width, dtype } = cube;
  const { wavelengths, ...facts } = await factsOf(first, bands);
  const info: CubeInfo = {
    bands,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(path, bands, wavelengths, options),
    fullScale: options.fullScale ?? fullScaleOf(dtype),
    name: basename(path, extname(path)),
    origin: { file: path, format: 'tiff', axes: axesOf(cube, found.pages.length) },
    ...facts,
  };
  return { info, cube };
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const { info, cube } = await RandomAccessFile.use(path, 'DATA', (file) => describe(file, options));
  const values = new TiffValues(path, cube);
  return {
    info,
    lines: 'rows',
    read: async (window) => values.read(settleWindow(info, window)),
    close: () => values.close(),
  };
}

const marks = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

/** Cubes have five bands or more, or as many pages of one size; other TIFFs are pictures. */
async function sniff(path: string, firstBytes: Uint8Array | null): Promise<boolean> {
  if (firstBytes === null) return false;
  if (!marks.includes(Buffer.from(firstBytes.subarray(0, 4)).toString('latin1'))) return false;
  try {
    return await RandomAccessFile.use(path, 'DATA', async (file) => isCube(await TiffFile.of(file)));
  } catch (cause) {
    // Damaged ones are told by opening them.
    if (cause instanceof HyperliftError) return false;
    throw cause;
  }
}

/** TIFF and GeoTIFF, BigTIFF too: strips and tiles, bands together, in planes or as pages, in all numeric types; uncompressed,
 * deflate, LZW, PackBits, Zstandard and JPEG. Wavelengths come from GDAL's metadata. */
export const tiff: CubeFormat = {
  id: 'tiff',
  word: 'tiff',
  title: 'TIFF and GeoTIFF',
  extensions: ['.tif', '.tiff'],
  sniff,
  open,
  create: createTiff,
};
