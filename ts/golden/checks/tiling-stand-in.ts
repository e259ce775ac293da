import { native } from '../../native/index.js';
import type { TileFunction } from '../../reconstruct/network.js';

/** Bands of the stand-in that golden tiling-unssr keeps. */
export const keptBands: readonly number[] = [0, 1, 5, 30];

/** The stand-in network of golden tiling-unssr: its answer depends on the place inside the tile and on the tile's mean, so that
 * every rule of tiling shows. */
export const standIn: TileFunction = async (tiles) => {
  const [count = 0, channels = 0, height = 0, width = 0] = tiles.shape;
  const values = (await native().toTypedArray(tiles)) as Float32Array;
  const plane = height * width;
  const answer = new Float32Array(count * keptBands.length * plane);
  for (let n = 0; n < count; n++) {
    const tile = values.subarray(n * channels * plane, (n + 1) * channels * plane);
    const mean = tile.reduce((sum, value) => sum + value, 0) / tile.length;
    keptBands.forEach((band, order) => {
      for (let p = 0; p < plane; p++) {
        const [row, column] = [Math.floor(p / width), p % width];
        const value =
          0.9 * (tile[(band % 3) * plane + p] ?? 0) + (0.3 * row) / height - (0.2 * column) / width;
        answer[(n * keptBands.length + order) * plane + p] = value + (0.5 * mean * band) / 31 - 0.1;
      }
    });
  }
  return native().fromTypedArray(answer, [count, keptBands.length, height, width], 'float32', 'cpu');
};
