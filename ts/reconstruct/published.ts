import { ConfigError } from '../errors.js';
import { native } from '../native/index.js';
import type { NativeTensor } from '../native/types.js';
import type { SourceImage, TileFunction } from './network.js';
import { type Placement, planPublishedPass } from './published-plan.js';

/** How the UnSSR scripts reconstruct a large image (test_model_entire.py). */
export interface PublishedSettings {
  /** Side and stride of the tiles. Default 128. */
  tile?: number;
  /** Tiles in one pass of the network. Default 1. */
  batch?: number;
  signal?: AbortSignal | undefined;
  onTiles?: ((count: number) => void) | undefined;
}

/** A part of an image from (top, left) to its lower right corner, as one pass sees it. */
interface Part {
  image: SourceImage;
  top: number;
  left: number;
}

const flat = (placements: readonly Placement[]): number[] =>
  placements.flatMap((p) => [
    p.tile,
    p.targetRow,
    p.targetColumn,
    p.sourceRow,
    p.sourceColumn,
    p.height,
    p.width,
    p.average ? 1 : 0,
  ]);

/** One pass of tiles over a part of the image, clipped to [0, 1]: `[bands, height, width]`. */
export async function publishedPass(
  { image, top, left }: Part,
  network: TileFunction,
  { tile = 128, batch = 1, signal, onTiles }: PublishedSettings = {},
): Promise<NativeTensor> {
  const [height, width] = [image.height - top, image.width - left];
  if (height < tile || width < tile) {
    throw new ConfigError(
      'CONFIG_TILE',
      `the published tiling needs an image of at least ${tile} pixels on each side in each pass, found ${width} x ${height}`,
    );
  }
  const held: { target?: NativeTensor } = {};
  try {
    await placeAll(held, { image, top, left }, network, { tile, batch, signal, onTiles });
    if (held.target === undefined) throw new RangeError('an image always has a tile');
    await native().clampUnit(held.target);
    return held.target;
  } catch (error) {
    held.target?.dispose();
    throw error;
  }
}

/** Runs the tiles of a pass in the script's order and puts each where it belongs; the target is made at the first answer. */
async function placeAll(
  held: { target?: NativeTensor },
  { image, top, left }: Part,
  network: TileFunction,
  { tile, batch, signal, onTiles }: PublishedSettings & { tile: number; batch: number },
): Promise<void> {
  const [height, width] = [image.height - top, image.width - left];
  const { corners, placements } = planPublishedPass(height, width, tile, tile);
  for (let first = 0; first < corners.length; first += batch) {
    signal?.throwIfAborted();
    const group = corners.slice(first, first + batch);
    const places = group.flatMap(({ row, column }) => [row + top, column + left]);
    const tiles = await image.pixels.cut(places, tile, tile, image.mapping);
    const answer = await network(tiles).finally(() => tiles.dispose());
    try {
      held.target ??= native().newStrip(answer.shape[1] ?? 0, height, width);
      const own = placements.filter((p) => p.tile >= first && p.tile < first + group.length);
      await native().placeTiles(held.target, answer, flat(own.map((p) => ({ ...p, tile: p.tile - first }))));
    } finally {
      answer.dispose();
    }
    onTiles?.(group.length);
  }
}

/** Averages what `second` makes into `first` at (row, column); disposes what is no longer needed, also on errors. */
async function averaged(
  first: NativeTensor,
  second: () => Promise<NativeTensor>,
  row: number,
  column: number,
): Promise<NativeTensor> {
  try {
    const other = await second();
    await native()
      .averageInto(first, other, row, column)
      .finally(() => other.dispose());
    return first;
  } catch (error) {
    first.dispose();
    throw error;
  }
}

/** A pass over the whole image, then one over the image without its first half tile of rows and columns, averaged in. */
export async function publishedOverlap(
  image: SourceImage,
  network: TileFunction,
  settings: PublishedSettings = {},
): Promise<NativeTensor> {
  const half = Math.floor((settings.tile ?? 128) / 2);
  const whole = await publishedPass({ image, top: 0, left: 0 }, network, settings);
  const inner = () => publishedPass({ image, top: half, left: half }, network, settings);
  return averaged(whole, inner, half, half);
}

/** The whole way: {@link publishedOverlap} of the image and of its mirror image (upside down), flipped back; the mean of both,
 * clipped to [0, 1]. The whole cube is in memory, twice.
 * @returns `[bands, height, width]`, to be disposed.
 * @throws {ConfigError} `CONFIG_TILE` for an image below one and a half tiles. */
export async function publishedReconstruction(
  image: SourceImage,
  network: TileFunction,
  settings: PublishedSettings = {},
): Promise<NativeTensor> {
  const upright = await publishedOverlap(image, network, settings);
  const mirrored = async (): Promise<NativeTensor> => {
    const pixels = await image.pixels.upsideDown();
    const cube = await publishedOverlap({ ...image, pixels }, network, settings).finally(() =>
      pixels.dispose(),
    );
    return native()
      .flipRows(cube)
      .finally(() => cube.dispose());
  };
  const cube = await averaged(upright, mirrored, 0, 0);
  await native().clampUnit(cube);
  return cube;
}
