import { basename, resolve } from 'node:path';
import { DataError } from '../../../errors.js';
import { allocateValues, type CubeInfo, type CubeValues, fullScaleOf } from '../../cube.js';
import { findBandSeries, seriesNames } from './band-files.js';
import {
  type CubeFormat,
  type CubeReader,
  type CubeWindow,
  type ReadCubeOptions,
  settleWavelengths,
  settleWindow,
  type WholeWindow,
} from '../format.js';
import { type Pixels, pixelFacts, readPixels } from './pixels.js';
import { createPngFolder } from './png-folder-writer.js';

/** Bands decoded at a time. */
const inFlight = 4;

/** The CAVE database's bands: 31, from 400 nm in steps of 10. */
function usualWavelengths(bands: number): number[] | null {
  return bands === 31 ? Array.from({ length: bands }, (_, band) => 400 + 10 * band) : null;
}

/** The one channel of a band picture. Colour is accepted when its channels are equal, as one scene of the CAVE database
 * (watercolors) is stored; alpha is left out. */
function onlyChannel(file: string, { values, channels }: Pixels): Uint8Array | Uint16Array {
  if (channels === 1) return values;
  const colours = channels < 3 ? 1 : 3;
  const plane = values.slice(0, values.length / channels);
  for (let pixel = 0; pixel < plane.length; pixel++) {
    const value = values[pixel * channels] ?? 0;
    for (let channel = 1; channel < colours; channel++) {
      if (values[pixel * channels + channel] !== value) {
        throw new DataError(
          'DATA_TYPE',
          `${file}: a colour picture, where a band (grey, or equal channels) was expected`,
        );
      }
    }
    plane[pixel] = value;
  }
  return plane;
}

function checkAlike(file: string, band: Omit<Pixels, 'values' | 'channels'>, first: CubeInfo): void {
  if (band.width !== first.width || band.height !== first.height) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${file}: ${band.width}x${band.height} pixels, but the first band has ${first.width}x${first.height}`,
    );
  }
  if (band.dtype !== first.dtype) {
    throw new DataError('DATA_TYPE', `${file}: ${band.dtype}, but the first band is ${first.dtype}`);
  }
}

async function describe(
  path: string,
  options: ReadCubeOptions,
): Promise<{ info: CubeInfo; files: string[] }> {
  const { scene, files } = await findBandSeries(path);
  const [first = path] = files;
  const { width, height, dtype } = await pixelFacts(first);
  const info: CubeInfo = {
    bands: files.length,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(path, files.length, usualWavelengths(files.length), options),
    fullScale: options.fullScale ?? fullScaleOf(dtype),
    name: scene || basename(path),
    origin: { file: path, format: 'png-folder', axes: '[B] files of [H, W]' },
  };
  return { info, files };
}

/** The wanted part of a band picture. */
function cut(
  plane: Uint8Array | Uint16Array,
  fullWidth: number,
  { row, column, height, width }: WholeWindow,
): Uint8Array | Uint16Array {
  if (width === fullWidth) return plane.subarray(row * width, (row + height) * width);
  const part = plane.slice(0, height * width);
  for (let line = 0; line < height; line++) {
    const start = (row + line) * fullWidth + column;
    part.set(plane.subarray(start, start + width), line * width);
  }
  return part;
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const { info, files } = await describe(path, options);
  const read = async (window?: CubeWindow): Promise<CubeValues> => {
    const whole = settleWindow(info, window);
    const plane = whole.height * whole.width;
    const data = allocateValues(info.dtype, whole.bands.length * plane);
    const readBand = async (band: number, place: number): Promise<void> => {
      const file = files[band] ?? path;
      const pixels = await readPixels(file);
      checkAlike(file, pixels, info);
      data.set(cut(onlyChannel(file, pixels), info.width, whole), place * plane);
    };
    for (let start = 0; start < whole.bands.length; start += inFlight) {
      const some = whole.bands.slice(start, start + inFlight);
      await Promise.all(some.map((band, i) => readBand(band, start + i)));
    }
    return data;
  };
  return { info, lines: 'rows', read, close: async () => {} };
}

/** A folder with one grey PNG of 8 or 16 bits a band, numbered in band order: the CAVE database's layout. Anything else
 * in the folder, such as the RGB picture beside the bands, is not looked at. */
export const pngFolder: CubeFormat = {
  id: 'png-folder',
  word: 'png',
  title: 'folder of band PNGs (CAVE)',
  extensions: [],
  loses: ['wavelengths', 'badBands', 'ignoreValue', 'georeference'],
  sniff: (path, firstBytes, names) =>
    firstBytes === null && (seriesNames(names).length > 0 || names.includes(basename(resolve(path)))),
  open,
  create: createPngFolder,
};
