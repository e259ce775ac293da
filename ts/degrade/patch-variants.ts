import { ConfigError } from '../errors.js';
import { tidy, type Tensor } from '../tensor/index.js';
import { type DegradeOptions, degrade } from './spatial.js';

/** How a patch is turned: rotations are counter-clockwise; `flipud` exchanges top and bottom, `fliplr` left and right. */
export type PatchVariant = 'none' | 'rot180' | 'rot90' | 'rot270' | 'flipud' | 'fliplr';

/** The five samples that the MATLAB scripts of MCNet's group, whose sets CoarSR, SFCSR and ERCSR share, make of every patch of CAVE. */
export const caveVariants = ['none', 'rot180', 'rot90', 'rot270', 'flipud'] as const;

/** The six that they draw from for Harvard and Foster: the first always, each of the others with probability 1/2. */
export const harvardVariants = [...caveVariants, 'fliplr'] as const;

/** Factors by which those scripts resize a scene before they take patches; at scale 8 the last leaves no place to choose in a scene of 512
 * pixels. */
export const sceneFactors = [1, 0.75, 0.5] as const;

/** A training sample. */
export interface PatchPair<D extends 'float32' | 'float64'> {
  /** `[bands, height, width]` */
  high: Tensor<D>;
  /** `[bands, height / scale, width / scale]` */
  low: Tensor<D>;
}

/** A patch `[bands, height, width]` turned.
 * @throws {ConfigError} `CONFIG_VALUE` for an unknown variant. */
export async function turnPatch<D extends 'float32' | 'float64'>(
  patch: Tensor<D>,
  variant: PatchVariant,
): Promise<Tensor<D>> {
  const turns: Readonly<Record<PatchVariant, () => Promise<Tensor<D>>>> = {
    none: () => patch.clone(),
    rot90: () => patch.rot90(1),
    rot180: () => patch.rot90(2),
    rot270: () => patch.rot90(3),
    flipud: () => patch.flip(1),
    fliplr: () => patch.flip(2),
  };
  if (Object.hasOwn(turns, variant)) return turns[variant]();
  const known = Object.keys(turns).join(', ');
  throw new ConfigError('CONFIG_VALUE', `patch variant '${variant}' is unknown; expected one of ${known}`);
}

/** The samples of a patch: each variant, and its low-resolution cube, which is made after turning.
 * @param how the scale, for a bicubic cube as the scripts make it, or how to degrade; noise takes `seed` for the first sample, `seed + 1`
 * for the next.
 * @param variants default: the five of CAVE.
 * @throws what {@link degrade} and {@link turnPatch} do. */
export async function patchPairs<D extends 'float32' | 'float64'>(
  patch: Tensor<D>,
  how: number | DegradeOptions,
  variants: readonly PatchVariant[] = caveVariants,
): Promise<PatchPair<D>[]> {
  return tidy(async () => {
    const options = typeof how === 'number' ? { scale: how } : how;
    const { seed = 0 } = options;
    const pairs: PatchPair<D>[] = [];
    for (const [i, variant] of variants.entries()) {
      const high = await turnPatch(patch, variant);
      pairs.push({ high, low: await degrade(high, { ...options, seed: seed + i }) });
    }
    return pairs;
  });
}
