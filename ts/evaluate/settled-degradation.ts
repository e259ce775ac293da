import { blurOf, type DegradeOptions } from '../degrade/index.js';
import type { OpenCheckpoint } from '../reconstruct/open-network.js';

/** How the low-resolution cubes are made, but for the scale. */
export type Degradation = Pick<DegradeOptions, 'kernel' | 'noise'>;

/** What the options say of it. */
export interface DegradationWords {
  /** Words of a blur (see `blurOf`), or `none`. */
  kernel?: string | undefined;
  noise?: number | undefined;
}

/** The degradation that the options ask for. */
export async function degradationOf({ kernel = 'none', noise = 0 }: DegradationWords): Promise<Degradation> {
  return { noise, ...(kernel === 'none' ? {} : { kernel: await blurOf(kernel) }) };
}

/** The degradation that the options ask for; what they do not say is as the checkpoint's training had it.
 * @returns with a notice of what was taken from the checkpoint; null where that is nothing. */
export async function settledDegradation(
  given: DegradationWords,
  { facts }: Pick<OpenCheckpoint, 'facts'>,
): Promise<{ how: Degradation; notice: string | null }> {
  const how = await degradationOf(given);
  const taken: string[] = [];
  if (given.kernel === undefined && facts.kernel !== null) {
    const { kernel } = facts;
    how.kernel = kernel === 'point-spread' ? kernel : { ...kernel, values: Float64Array.from(kernel.values) };
    const size = kernel === 'point-spread' ? kernel : `${kernel.height} x ${kernel.width}`;
    taken.push(`kernel (${size}; --kernel none does without)`);
  }
  const { noise } = facts.config;
  if (given.noise === undefined && typeof noise === 'number' && noise > 0) {
    how.noise = noise;
    taken.push(`noise (${noise}; --noise 0 does without)`);
  }
  if (taken.length === 0) return { how, notice: null };
  return { how, notice: `low-resolution cubes have the ${taken.join(' and ')} of the checkpoint's training` };
}
