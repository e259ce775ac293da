import type { NativeImageMapping, NativeTensor } from '../native/types.js';

/** What tiling needs to know of a network: float32 tiles `[N, channels, h, w]` in, `[N, bands, h, w]` out, disposed by the
 * caller. */
export type TileFunction = (tiles: NativeTensor) => Promise<NativeTensor>;

/** What to reconstruct from: an image `[channels, height, width]` in its stored dtype, or a cube of which the mapping makes one. */
export interface SourceImage {
  pixels: NativeTensor;
  height: number;
  width: number;
  mapping: NativeImageMapping;
}
