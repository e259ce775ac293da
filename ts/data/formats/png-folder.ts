import { basename, resolve } from 'node:path';
import { DataError } from '../../errors.js';
import { allocateValues, type CubeData, type CubeInfo, fullScaleOf } from '../cube.js';
import { findBandSeries, seriesNames } from './band-files.js';
import { type CubeFormat, type ReadCubeOptions, settleWavelengths } from './format.js';
import { type Pixels, pixelFacts, readPixels } from './pixels.js';
import { writePngFolder } from './png-folder-writer.js';

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

async function read(path: string, options: ReadCubeOptions = {}): Promise<CubeData> {
  const { info, files } = await describe(path, options);
  const plane = info.height * info.width;
  const data = allocateValues(info.dtype, info.bands * plane);
  const readBand = async (file: string, band: number): Promise<void> => {
    const pixels = await readPixels(file);
    checkAlike(file, pixels, info);
    data.set(onlyChannel(file, pixels), band * plane);
  };
  for (let start = 0; start < files.length; start += inFlight) {
    await Promise.all(files.slice(start, start + inFlight).map((file, i) => readBand(file, start + i)));
  }
  return { ...info, data };
}

/** A folder with one grey PNG of 8 or 16 bits a band, numbered in band order: the CAVE database's layout. Anything else
 * in the folder, such as the RGB picture beside the bands, is not looked at. */
export const pngFolder: CubeFormat = {
  id: 'png-folder',
  title: 'folder of band PNGs (CAVE)',
  extensions: [],
  sniff: (path, firstBytes, names) =>
    firstBytes === null && (seriesNames(names).length > 0 || names.includes(basename(resolve(path)))),
  info: async (path, options = {}) => (await describe(path, options)).info,
  read,
  write: writePngFolder,
};
