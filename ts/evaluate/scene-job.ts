import type { CheckedOptions } from '../config/checked.js';
import type { evaluateTable } from '../config/index.js';
import type { ProtocolName } from '../metrics/index.js';
import { type NativeTensor, native } from '../native/index.js';
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
  options: Omit<CheckedOptions<typeof evaluateTable>, 'memory'> & { memory: number };
  protocol: ProtocolName;
  signal: AbortSignal | undefined;
  onProgress: (event: EvaluateEvent) => void;
}

/** Reconstructs a scene with a network: whole where it allows that, else in tiles.
 * @returns `[bands, height, width]`, clipped to [0, 1], to be disposed. */
export async function reconstructScene(
  { name, image }: OpenScene,
  { network, options, signal, onProgress }: SceneJob,
  run: TileFunction,
): Promise<NativeTensor> {
  const tiles = chooseTiles(network, image, options);
  const progress = new TileProgress(name, image, tiles, options.tiling, (event) => {
    if (event.type !== 'tiles') return;
    onProgress({ type: 'tiles', scene: name, done: event.done, total: event.total });
  });
  const onTiles = (count: number): void => progress.add(count);
  if (options.tiling === 'published') {
    return publishedReconstruction(image, run, { ...tiles, signal, onTiles });
  }
  const cube = await blendedCube(image, run, { ...tiles, signal }, onTiles);
  await native().clampUnit(cube);
  return cube;
}
