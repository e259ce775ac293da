import { ConfigError } from '../errors.js';
import type { OpenCheckpoint } from './open-network.js';

/** What a user may ask for. */
export interface TileWishes {
  tile?: number | undefined;
  overlap?: number | undefined;
  /** Bytes that tiles may take. */
  memory: number;
  tiling: 'blended' | 'published';
}

/** Bytes that a network of this library takes for each pixel of a tile on its way through, with room to spare: measured on
 * SFFormer and MST++ (docs/guides/reconstruct.md). */
const bytesPerPixel = 8 * 1024;
/** More tiles at once make a pass no faster on a CPU. */
const mostTilesAtOnce = { cpu: 2, cuda: 16 };
const leastTile = 32;

/** Sides of tiles are multiples of this, which every network's size rule divides or pads to. */
const step = 16;

function tileWithin(memory: number, bytes: number): number {
  return Math.max(leastTile, Math.floor(Math.sqrt(memory / bytes) / step) * step);
}

/** Tiles of the UnSSR scripts. */
const publishedTile = 128;

/** What tiles depend on of a network. */
export type Tiled = Pick<
  OpenCheckpoint,
  'model' | 'trainingPatch' | 'largestTile' | 'device' | 'scale' | 'bands'
>;

/** Bytes for each pixel of a tile on its way through. Spatial networks hold some sixteen maps of 64 floats a band at low resolution and
 * a few at high resolution. */
function bytesPerPixelOf({ model, scale, bands }: Tiled): number {
  if (model.task === 'spectral') return bytesPerPixel;
  return 64 * 4 * Math.max(1, bands) * (16 + 2 * scale * scale);
}

function ownTile(network: Tiled, memory: number): number {
  const { model, trainingPatch, largestTile } = network;
  if (largestTile !== null) return largestTile;
  if (model.sizeDependent && trainingPatch !== null) return trainingPatch;
  return tileWithin(memory, bytesPerPixelOf(network));
}

function refuseAbove({ model, largestTile }: Tiled, side: number): void {
  if (largestTile === null || side <= largestTile) return;
  throw new ConfigError(
    'CONFIG_TILE',
    `tiles of ${side} pixels do not fit network ${model.id}, whose weights are for ${largestTile}: leave the tile out`,
  );
}

/** Chooses tiles for an image. A network whose response depends on the size of what it sees gets tiles of the size it was trained
 * on; any other the largest that the memory allows, the whole image if that fits. Neighbours share a quarter of a tile.
 * @throws {ConfigError} `CONFIG_TILE` when the overlap is not below the tile, or the tile above a network's fixed size. */
export function chooseTiles(
  network: Tiled,
  { height, width }: { height: number; width: number },
  { tile: asked, overlap: share, memory, tiling }: TileWishes,
): { tile: number; overlap: number; batch: number } {
  const tile = tiling === 'published' ? (asked ?? publishedTile) : (asked ?? ownTile(network, memory));
  const side = tiling === 'published' ? tile : Math.min(tile, Math.max(height, width));
  refuseAbove(network, side);
  const overlap = tiling === 'published' ? 0 : (share ?? Math.floor(side / 4));
  if (overlap >= side && side < Math.max(height, width)) {
    throw new ConfigError(
      'CONFIG_TILE',
      `tiles of ${side} pixels cannot share ${overlap}: give an overlap below ${side}`,
    );
  }
  const most = network.device === 'cpu' ? mostTilesAtOnce.cpu : mostTilesAtOnce.cuda;
  const batch = Math.min(most, Math.max(1, Math.floor(memory / (bytesPerPixelOf(network) * side * side))));
  return { tile: side, overlap, batch };
}
