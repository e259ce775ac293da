import { type NativeTensor, native } from '../native/index.js';
import { blendedCube } from '../reconstruct/blended.js';
import type { SourceImage } from '../reconstruct/network.js';
import { chooseTiles, type TileWishes } from '../reconstruct/tile-settings.js';
import { fineSr } from '../refine/index.js';
import { Tensor } from '../tensor/index.js';
import type { Upscaler } from './upscaler.js';

/** How a cube goes through an upscaler. */
export interface UpscaleSettings extends Pick<TileWishes, 'tile' | 'overlap' | 'memory'> {
  signal?: AbortSignal | undefined;
  /** Told how many tiles have just been done. */
  onTiles?: ((count: number) => void) | undefined;
}

/** The tiles of a cube under an upscaler. Interpolation is done in one piece: it takes no more memory than its result. */
export function tilesOf(
  image: SourceImage,
  { network }: Upscaler,
  { tile, overlap, memory }: UpscaleSettings,
): { tile: number; overlap: number; batch: number } {
  const bands = image.pixels.channels;
  if (network === null) return { tile: Math.max(image.height, image.width), overlap: 0, batch: 1 };
  return chooseTiles({ ...network, bands }, image, { tile, overlap, memory, tiling: 'blended' });
}

/** Makes a cube larger in memory.
 * @returns `[bands, scale * height, scale * width]`, float32, clipped to [0, 1], to be disposed. */
export async function upscaledCube(
  image: SourceImage,
  upscaler: Upscaler,
  settings: UpscaleSettings,
): Promise<NativeTensor> {
  const { scale } = upscaler;
  const tiles = { ...tilesOf(image, upscaler, settings), scale, signal: settings.signal };
  const cube = await blendedCube(image, upscaler.run, tiles, settings.onTiles);
  await native().clampUnit(cube);
  return cube;
}

/** Both stages of DualSR: the cube made larger by the scale, refined by the cube made larger by half of it.
 * @returns as {@link upscaledCube}, clipped to [0, 1] at the end. */
export async function refinedCube(
  image: SourceImage,
  upscaler: Upscaler,
  half: Upscaler,
  settings: UpscaleSettings,
): Promise<NativeTensor> {
  const coarse = new Tensor<'float32'>(await upscaledCube(image, upscaler, settings));
  try {
    const companion = new Tensor<'float32'>(await upscaledCube(image, half, settings));
    try {
      const { refined } = await fineSr(coarse, companion);
      await native().clampUnit(refined.native);
      return refined.native;
    } finally {
      companion.dispose();
    }
  } finally {
    coarse.dispose();
  }
}
