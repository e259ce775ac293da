import { nextTurn } from '../data/cube.js';
import { DataError } from '../errors.js';

const channels = 3;
/** Pixels that are put in order between two turns of the event loop. */
const turn = 2 ** 16;
/** JPEG's header has 16 bits for each side. */
const longestJpeg = 65535;

/** Planar RGB of whole numbers. */
export interface PlanarPicture {
  data: Uint8Array | Uint16Array;
  height: number;
  width: number;
}

/** Containers of a picture: JPEG, PNG or TIFF (deflate). */
export type PictureFormat = 'jpg' | 'png' | 'tif';

/** `[3, height, width]` as `[height, width, 3]`. */
async function interleaved({ data, height, width }: PlanarPicture): Promise<Uint8Array | Uint16Array> {
  const plane = height * width;
  const result = data instanceof Uint8Array ? new Uint8Array(data.length) : new Uint16Array(data.length);
  for (let start = 0; start < plane; start += turn) {
    const end = Math.min(plane, start + turn);
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = start; pixel < end; pixel++) {
        result[pixel * channels + channel] = data[channel * plane + pixel] ?? 0;
      }
    }
    await nextTurn();
  }
  return result;
}

/** A picture as the bytes of a file; 16 bits stay 16 bits in PNG and TIFF.
 * @param quality of a JPEG, 1 to 100; its chroma is halved in both directions, as encoders do by default.
 * @throws {DataError} `DATA_TOO_LARGE` for a JPEG of more than 65535 pixels a side. */
export async function encodePicture(
  picture: PlanarPicture,
  format: PictureFormat,
  quality = 90,
): Promise<Uint8Array> {
  const { height, width, data } = picture;
  if (format === 'jpg' && Math.max(height, width) > longestJpeg) {
    throw new DataError(
      'DATA_TOO_LARGE',
      `a JPEG of ${height}x${width} pixels; ${longestJpeg} a side are the most it can have`,
    );
  }
  const { default: sharp } = await import('sharp');
  const raw = { width, height, channels } as const;
  const image = sharp(await interleaved(picture), { raw, limitInputPixels: false });
  if (format === 'jpg') return image.jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();
  const deep = data instanceof Uint8Array ? image : image.toColourspace('rgb16');
  return format === 'png' ? deep.png().toBuffer() : deep.tiff({ compression: 'deflate' }).toBuffer();
}

/** What a JPEG decodes to: `[3, height, width]`. */
export async function decodeJpeg(
  jpeg: Uint8Array,
  { height, width }: { height: number; width: number },
): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const pixels = await sharp(jpeg, { limitInputPixels: false }).toColourspace('srgb').raw().toBuffer();
  const plane = height * width;
  const result = new Uint8Array(channels * plane);
  for (let start = 0; start < plane; start += turn) {
    const end = Math.min(plane, start + turn);
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = start; pixel < end; pixel++) {
        result[channel * plane + pixel] = pixels[pixel * channels + channel] ?? 0;
      }
    }
    await nextTurn();
  }
  return result;
}
