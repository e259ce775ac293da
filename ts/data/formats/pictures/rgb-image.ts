import { basename, extname } from 'node:path';
import { DataError } from '../../../errors.js';
import { RandomAccessFile } from '../../../io/file.js';
import { toBandMajor } from '../../band-major.js';
import { allocateValues, type CubeDType, fullScaleOf, type RgbData, type RgbKind } from '../../cube.js';
import { isBmp, readBmp } from './bmp.js';
import { type CubeFormat, wholeCube } from '../format.js';
import { mat5 } from '../mat/mat5.js';
import { mat73 } from '../hdf5/mat73.js';
import { type Pixels, pixelFacts, readPixels } from './pixels.js';
import { floatPicture, readFloatPicture } from '../tiff/tiff-picture.js';
import type { TiffCube } from '../tiff/tiff-work.js';

/** How a picture is read. */
export interface ReadRgbOptions {
  /** What its channels mean. Default `srgb`. */
  kind?: RgbKind;
  /** Array to read, when the picture is in a MATLAB file. */
  variable?: string;
  /** Overrides the number that values are divided by to reach [0, 1]. */
  fullScale?: number;
}

/** Endings of picture files that datasets look for. */
export const imageExtensions: readonly string[] = [
  '.png',
  '.jpg',
  '.jpeg',
  '.tif',
  '.tiff',
  '.webp',
  '.avif',
  '.gif',
  '.bmp',
];

/** Whether the first bytes are of a picture we decode. */
export function isImage(firstBytes: Uint8Array): boolean {
  const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength).toString(
    'latin1',
    0,
    12,
  );
  const magic = ['\x89PNG', '\xff\xd8\xff', 'II*\x00', 'MM\x00*', 'GIF8'];
  return (
    magic.some((start) => text.startsWith(start)) ||
    /^(RIFF....WEBP|....ftyp(avif|avis))/s.test(text) ||
    isBmp(firstBytes)
  );
}

/** The first bytes of a file, as sniffers want them.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_UNREADABLE`. */
export async function firstBytesOf(path: string): Promise<Buffer> {
  return RandomAccessFile.use(path, 'DATA', (file) => file.readUpTo(0, 1024));
}

/** Everything about a picture but its values. */
function factsOf(
  path: string,
  { height, width, dtype }: Pick<RgbData, 'height' | 'width' | 'dtype'>,
  options: ReadRgbOptions,
): Omit<RgbData, 'data'> {
  return {
    dtype,
    bands: 3,
    height,
    width,
    wavelengths: null,
    fullScale: options.fullScale ?? fullScaleOf(dtype),
    name: basename(path, extname(path)),
    origin: { file: path, format: 'image' },
    kind: options.kind ?? 'srgb',
  };
}

/** Grey becomes three equal channels, alpha is left out. */
async function toRgbData(path: string, pixels: Pixels, options: ReadRgbOptions): Promise<RgbData> {
  const { height, width, channels, dtype } = pixels;
  const strides = { bands: channels >= 3 ? 1 : 0, rows: width * channels, columns: channels };
  const data = await toBandMajor(pixels.values, { bands: 3, height, width, strides }, dtype);
  return { ...factsOf(path, pixels, options), data };
}

/** A TIFF of floating-point numbers, as it is. */
async function readFromFloats(path: string, picture: TiffCube, options: ReadRgbOptions): Promise<RgbData> {
  const { bands, height, width, dtype } = picture;
  const planes = await readFloatPicture(path, picture);
  const plane = height * width;
  const data = bands >= 3 ? planes.subarray(0, 3 * plane) : allocateValues(dtype, 3 * plane);
  if (bands < 3)
    for (let channel = 0; channel < 3; channel++) data.set(planes.subarray(0, plane), channel * plane);
  return { ...factsOf(path, picture, options), data };
}

async function readFromMat(format: CubeFormat, path: string, options: ReadRgbOptions): Promise<RgbData> {
  const { variable, fullScale } = options;
  if (variable === undefined) {
    throw new DataError(
      'DATA_VARIABLE_MISSING',
      `${path}: a MATLAB file: name the RGB array with the option 'variable'`,
    );
  }
  const reader = await format.open(path, {
    variable,
    axes: 'hwb',
    ...(fullScale === undefined ? {} : { fullScale }),
  });
  const found = await wholeCube(reader).finally(() => reader.close());
  if (found.bands !== 3) {
    throw new DataError(
      'DATA_RANK',
      `${path}: '${variable}' has ${found.bands} channels, an RGB image has 3`,
    );
  }
  return { ...found, bands: 3, wavelengths: null, kind: options.kind ?? 'srgb' };
}

/** Reads an RGB picture: PNG, JPEG, TIFF, WebP, AVIF, GIF or BMP of 8 or 16 bits a channel, TIFF of floating-point numbers,
 * or a named `[H, W, 3]` array of a MATLAB file. Grey is repeated in three channels; alpha is left out; EXIF orientation is applied.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_FORMAT`, `DATA_DAMAGED`, `DATA_TYPE`. */
export async function readRgb(path: string, options: ReadRgbOptions = {}): Promise<RgbData> {
  const firstBytes = await firstBytesOf(path);
  for (const format of [mat5, mat73]) {
    if (await format.sniff(path, firstBytes, [])) return readFromMat(format, path, options);
  }
  if (!isImage(firstBytes)) {
    throw new DataError(
      'DATA_FORMAT',
      `${path}: not a picture that is read (PNG, JPEG, TIFF, WebP, AVIF, GIF or BMP)`,
    );
  }
  const floats = await floatPicture(path, firstBytes);
  if (floats !== null) return readFromFloats(path, floats, options);
  const pixels = isBmp(firstBytes) ? await readBmp(path) : await readPixels(path, { upright: true });
  return toRgbData(path, pixels, options);
}

/** What the header of a picture says, upright.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_DAMAGED`, `DATA_TYPE`. */
export async function pictureFacts(
  path: string,
): Promise<{ height: number; width: number; channels: number; dtype: CubeDType; format: string }> {
  if (isBmp(await firstBytesOf(path))) {
    const { height, width, channels, dtype } = await readBmp(path);
    return { height, width, channels, dtype, format: 'bmp' };
  }
  const floats = await floatPicture(path, await firstBytesOf(path));
  if (floats !== null) {
    const { height, width, bands: channels, dtype } = floats;
    return { height, width, channels, dtype, format: 'tiff' };
  }
  const { channels, dtype, format } = await pixelFacts(path);
  return { ...(await rgbSize(path)), channels, dtype, format: format ?? 'unknown' };
}

/** Height and width of a picture, upright, from its header. */
export async function rgbSize(path: string): Promise<{ height: number; width: number }> {
  const firstBytes = await firstBytesOf(path);
  const whole = isBmp(firstBytes) ? await readBmp(path) : await floatPicture(path, firstBytes);
  if (whole !== null) return { height: whole.height, width: whole.width };
  const { height, width, orientation = 1 } = await pixelFacts(path);
  // EXIF orientations 5 to 8 lie on their side.
  return orientation > 4 ? { height: width, width: height } : { height, width };
}
