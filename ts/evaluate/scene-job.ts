import type { CheckedOptions } from '../config/checked.js';
import type { evaluateTable } from '../config/index.js';
import type { ProtocolName } from '../metrics/index.js';
import type { NativeTensor } from '../native/index.js';
import { blendedCube } from '../reconstruct/blended.js';
import type { TileFunction } from '../reconstruct/network.js';
import type { OpenNetwork } from '../reconstruct/open-network.js';
import { publishedReconstruction } from '../reconstruct/published.js';
import { TileProgress } from '../reconstruct/tile-progress.js';
import { chooseTiles } from '../reconstruct/tile-settings.js';
import type { EvaluateEvent } from './events.js';
import type { OpenScene } from './scene-input.js';

/** What is the same for all scenes of an evaluation. */
export interface SceneJob {
  network: OpenNetwork;
  /** The root-polynomial regression, where the checkpoint carries it. */
  baseline: TileFunction | null;
  options: Omit<CheckedOptions<typeof evaluateTable>, 'memory'> & { memory: number | undefined };
  protocol: ProtocolName;
  signal: AbortSignal | undefined;
  onProgress: (event: EvaluateEvent) => void;
}

/** Reconstructs a scene with a network: whole where it allows that, else in tiles.
 * @returns `[bands, height, width]`, to be disposed. */
export async function reconstructScene(
  { name, image }: OpenScene,
  { network, options, signal, onProgress }: SceneJob,
  run: TileFunction,
): Promise<NativeTensor> {
  const { tile, overlap, memory = Number.POSITIVE_INFINITY } = options;
  const tiles = chooseTiles(network, image, { tile, overlap, memory });
  const progress = new TileProgress(name, image, tiles, options.tiling, (event) => {
    if (event.type !== 'tiles') return;
    onProgress({ type: 'tiles', scene: name, done: event.done, total: event.total });
  });
  const onTiles = (count: number): void => progress.add(count);
  return options.tiling === 'published'
    ? publishedReconstruction(image, run, { tile: options.tile ?? 128, batch: tiles.batch, signal, onTiles })
    : blendedCube(image, run, { ...tiles, signal }, onTiles);
}
