import type { NativeImageMapping, NativeTensor } from '../native/types.js';
import type { Pixels } from './pixels.js';

/** What tiling needs to know of a network: float32 tiles `[N, channels, h, w]` in, `[N, bands, h, w]` out, disposed by the
 * caller. */
export type TileFunction = (tiles: NativeTensor) => Promise<NativeTensor>;

/** What to reconstruct from: an image, or a cube of which the mapping makes one, in memory or in its file. */
export interface SourceImage {
  pixels: Pixels;
  height: number;
  width: number;
  mapping: NativeImageMapping;
}
