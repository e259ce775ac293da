import { RandomAccessFile } from '../../../io/file.js';
import type { CubeValues } from '../../cube.js';
import { TiffFile } from './tiff-directory.js';
import { layoutOf } from './tiff-layout.js';
import { pictureFactsOf } from './tiff-pictures.js';
import { TiffValues } from './tiff-thread.js';
import type { TiffCube } from './tiff-work.js';

const floatFormat = 3;

/** The layout of a TIFF's first picture when it holds floating-point numbers, which decoders of pictures round or refuse;
 * null for any other file.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_TRUNCATED`, `DATA_UNSUPPORTED`. */
export async function floatPicture(path: string, firstBytes: Uint8Array): Promise<TiffCube | null> {
  const mark = Buffer.from(firstBytes.subarray(0, 2)).toString('latin1');
  if (mark !== 'II' && mark !== 'MM') return null;
  return RandomAccessFile.use(path, 'DATA', async (file) => {
    const tiff = await TiffFile.of(file);
    for await (const directory of tiff.directories()) {
      const facts = await pictureFactsOf(directory);
      return facts.sampleFormat === floatFormat ? layoutOf(tiff, { facts, pages: [directory] }) : null;
    }
    return null;
  });
}

/** All values of such a picture, `[channels, height, width]`. */
export async function readFloatPicture(path: string, picture: TiffCube): Promise<CubeValues> {
  const values = new TiffValues(path, picture);
  const { bands, height, width } = picture;
  const channels = Array.from({ length: bands }, (_, band) => band);
  try {
    return await values.read({ row: 0, column: 0, height, width, bands: channels });
  } finally {
    await values.close();
  }
}
