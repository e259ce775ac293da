import { native } from '../native/index.js';
import type { SourceImage } from '../reconstruct/network.js';
import type { Picture } from './panels.js';

/** What a network sees of an image, as a picture: made in bands of rows, so that a large image is never in memory as floats.
 * @param view weights `[3, 3]` to linear sRGB, as `cameraView` gives them. */
export async function sourcePicture(image: SourceImage, view: readonly number[]): Promise<Picture> {
  const { pixels, height, width, mapping } = image;
  const bytes = new Uint8Array(3 * height * width);
  const rows = Math.max(1, Math.floor(2 ** 20 / width));
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row);
    const part = await pixels.cut([row, 0], count, width, { ...mapping, device: 'cpu' });
    const picture = await native()
      .srgbPicture(part, view)
      .finally(() => part.dispose());
    bytes.set((await native().toTypedArray(picture)) as Uint8Array, 3 * row * width);
    picture.dispose();
  }
  return { bytes, width, height };
}
