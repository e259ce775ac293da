import { native } from '../../../ts/native/index.js';
import type { NativeImageMapping, NativeTensor } from '../../../ts/native/types.js';
import type { SourceImage, TileFunction } from '../../../ts/reconstruct/network.js';

/** The stand-in network of golden tiling-unssr: its answer depends on the place inside the tile and on the tile's mean, so that
 * every rule of tiling shows. Bands 0, 1, 5 and 30 only, as the golden holds. */
export const standIn: TileFunction = async (tiles) => {
  const [count = 0, channels = 0, height = 0, width = 0] = tiles.shape;
  const values = (await native().toTypedArray(tiles)) as Float32Array;
  const bands = [0, 1, 5, 30];
  const answer = new Float32Array(count * bands.length * height * width);
  const plane = height * width;
  for (let n = 0; n < count; n++) {
    const tile = values.subarray(n * channels * plane, (n + 1) * channels * plane);
    const mean = tile.reduce((sum, value) => sum + value, 0) / tile.length;
    bands.forEach((band, order) => {
      for (let p = 0; p < plane; p++) {
        const [row, column] = [Math.floor(p / width), p % width];
        const value =
          0.9 * (tile[(band % 3) * plane + p] ?? 0) + (0.3 * row) / height - (0.2 * column) / width;
        answer[(n * bands.length + order) * plane + p] = value + (0.5 * mean * band) / 31 - 0.1;
      }
    });
  }
  return native().fromTypedArray(answer, [count, bands.length, height, width], 'float32', 'cpu');
};

/** Values as they are. */
export const plainMapping: NativeImageMapping = {
  scale: 1,
  srgb: false,
  matrix: [],
  clampNegative: false,
  offset: 0,
  gain: 1,
  device: 'cpu',
};

/** A source image over values in [0, 1], `[3, height, width]`. */
export function sourceOf(values: Float32Array, height: number, width: number): SourceImage {
  const pixels = native().fromTypedArray(values, [3, height, width], 'float32', 'cpu');
  return { pixels, height, width, mapping: plainMapping };
}

/** All values of a tensor, which is disposed. */
export async function valuesOf(tensor: NativeTensor): Promise<Float32Array> {
  const values = (await native().toTypedArray(tensor)) as Float32Array;
  tensor.dispose();
  return values;
}
