import { nextTurn, type RgbData } from '../data/index.js';
import { srgbToLinear } from '../degrade/index.js';
import { blockOf, gridBlocks, gridSide } from './grid.js';
import type { CubeSample, Middle } from './sample.js';

/** A picture as it is compared with a cube. */
export interface PictureSample {
  file: string;
  height: number;
  width: number;
  /** Linear means over blocks, `[3, 48, 48]`. */
  grid: Float32Array;
  /** The pixels where the cube's middle is; null where sizes differ. */
  middle: Middle | null;
}

/** Linear light of each stored value. */
function linearTable({ fullScale, dtype }: RgbData): Float32Array | null {
  if (dtype !== 'uint8' && dtype !== 'uint16') return null;
  const size = dtype === 'uint8' ? 256 : 65536;
  return Float32Array.from({ length: size }, (_, value) => srgbToLinear(Math.min(1, value / fullScale)));
}

/** Reduces a picture, taken as sRGB, to blocks, and keeps the pixels of the cube's middle. */
export async function samplePicture(picture: RgbData, { info, middle }: CubeSample): Promise<PictureSample> {
  const { data, height, width, fullScale, origin } = picture;
  const table = linearTable(picture);
  const [rows, columns] = [blockOf(height), blockOf(width)];
  const sums = new Float64Array(3 * gridBlocks);
  const counts = new Float64Array(gridBlocks);
  const same = height === info.height && width === info.width;
  const kept = same ? { ...middle, rgb: new Float32Array(middle.rgb.length) } : null;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      const line = (rows[y] ?? 0) * gridSide;
      const start = (channel * height + y) * width;
      const inside = kept !== null && y >= kept.row && y < kept.row + kept.height;
      for (let x = 0; x < width; x++) {
        const stored = data[start + x] ?? 0;
        const value = table === null ? stored / fullScale : (table[stored] ?? 0);
        const block = line + (columns[x] ?? 0);
        if (channel === 0) counts[block] = (counts[block] ?? 0) + 1;
        const at = channel * gridBlocks + block;
        sums[at] = (sums[at] ?? 0) + value;
        if (inside && x >= kept.column && x < kept.column + kept.width) {
          const pixel = (y - kept.row) * kept.width + x - kept.column;
          kept.rgb[channel * kept.height * kept.width + pixel] = value;
        }
      }
      if (y % 64 === 63) await nextTurn();
    }
  }
  const grid = Float32Array.from(sums, (sum, at) => sum / (counts[at % gridBlocks] || 1));
  return { file: origin.file, height, width, grid, middle: kept };
}
