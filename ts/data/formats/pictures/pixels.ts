import type { Metadata, Sharp } from 'sharp';
import { DataError } from '../../../errors.js';
import { fileError } from '../../../io/file.js';
import type { CubeDType } from '../../cube.js';

/** A decoded picture: interleaved `[height, width, channels]`, values as stored. */
export interface Pixels {
  values: Uint8Array | Uint16Array;
  dtype: Extract<CubeDType, 'uint8' | 'uint16'>;
  height: number;
  width: number;
  channels: number;
}

/** Pixels, against pictures whose header asks for all memory. */
const largestPicture = 2 ** 30;
/** A picture that is larger than this by its header must be so by its file, too: even grey walls pack no tighter. */
const believedBytes = 2 ** 24;
const largestRatio = 4096;

/** @throws {DataError} `DATA_DAMAGED` for a header that claims far more than the file can hold. */
async function checkClaim(
  file: string,
  { width, height, channels, dtype }: Omit<Pixels, 'values'>,
): Promise<void> {
  const { stat } = await import('node:fs/promises');
  const claimed = width * height * Math.max(1, channels) * (dtype === 'uint16' ? 2 : 1);
  const { size } = await stat(file);
  if (claimed <= Math.max(believedBytes, size * largestRatio)) return;
  throw new DataError(
    'DATA_DAMAGED',
    `${file}: claims ${width} x ${height} pixels in ${size} bytes: damaged, or made to fill the memory`,
  );
}

/** sharp is loaded at the first picture, not with the package. */
async function openImage(file: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  return sharp(file, { failOn: 'warning', limitInputPixels: largestPicture });
}

/** An error of the decoder as ours: the file is missing, or it is not a sound picture. */
async function decodeError(file: string, cause: unknown): Promise<Error> {
  if (cause instanceof DataError) return cause;
  const { stat } = await import('node:fs/promises');
  try {
    const { size } = await stat(file);
    if (size === 0) return new DataError('DATA_EMPTY', `${file}: the file is empty`);
  } catch (missing) {
    return fileError('DATA', file, missing);
  }
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new DataError('DATA_DAMAGED', `${file}: cannot be decoded, it is damaged or cut off (${line})`, {
    cause,
  });
}

function dtypeOfDepth(file: string, depth: string): Pixels['dtype'] {
  if (depth === 'uchar') return 'uint8';
  if (depth === 'ushort') return 'uint16';
  throw new DataError('DATA_TYPE', `${file}: a picture of ${depth} values; 8 and 16 bits a channel are read`);
}

/** Sizes and type of a picture, from its header.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_DAMAGED`, `DATA_TYPE`. */
export async function pixelFacts(
  file: string,
): Promise<Omit<Pixels, 'values'> & Pick<Metadata, 'orientation' | 'format'>> {
  try {
    const image = await openImage(file);
    const { width, height, channels, depth, orientation, format } = await image.metadata();
    const facts = { width, height, channels: channels ?? 0, dtype: dtypeOfDepth(file, depth), format };
    await checkClaim(file, facts);
    return orientation === undefined ? facts : { ...facts, orientation };
  } catch (cause) {
    throw await decodeError(file, cause);
  }
}

/** Decodes a picture in its own depth and number of channels (CMYK becomes RGB).
 * @param options.upright turns the picture as its EXIF orientation says.
 * @throws {DataError} `DATA_MISSING`, `DATA_EMPTY`, `DATA_DAMAGED`, `DATA_TYPE`. */
export async function readPixels(file: string, { upright = false } = {}): Promise<Pixels> {
  const { dtype, channels: stored } = await pixelFacts(file);
  try {
    const image = await openImage(file);
    if (upright) image.autoOrient();
    const wide = dtype === 'uint16';
    const space = stored <= 2 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
    const { data, info } = await image
      .toColourspace(space)
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const bytes = data.byteOffset % 2 === 0 ? data : Buffer.from(new Uint8Array(data).buffer);
    const values = wide
      ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
      : new Uint8Array(bytes);
    if (values.length !== width * height * channels) {
      throw new DataError(
        'DATA_DAMAGED',
        `${file}: decodes to ${values.length} values, not ${width}x${height}x${channels}`,
      );
    }
    return { values, dtype, width, height, channels };
  } catch (cause) {
    throw await decodeError(file, cause);
  }
}
