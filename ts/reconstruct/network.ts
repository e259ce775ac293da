import type { NativeTensor } from '../native/types.js';

/** What tiling needs to know of a network: float32 tiles `[N, channels, h, w]` in, `[N, bands, h, w]` out, disposed by the
 * caller. */
export type TileFunction = (tiles: NativeTensor) => Promise<NativeTensor>;

/** What becomes of the stored values of an image before the network sees them: divided by `scale`, freed of the sRGB curve,
 * then multiplied by a row-major matrix over the channels (empty: none). */
export interface ImageMapping {
  scale: number;
  srgb: boolean;
  matrix: readonly number[];
  /** Device of the network. */
  device: string;
}

/** An image to reconstruct: `[channels, height, width]` in its stored dtype. */
export interface SourceImage {
  pixels: NativeTensor;
  height: number;
  width: number;
  mapping: ImageMapping;
}

/** @throws the reason of the signal once it has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}
