import { nextTurn } from '../data/cube.js';
import { Random } from '../data/random.js';
import { type Scores, scoreNames } from '../metrics/index.js';

/** The lower and the upper end for each score. */
export type ScoreInterval = Record<keyof Scores, [low: number, high: number]>;

/** How the interval of a mean is made. */
export const bootstrap = { resamples: 10_000, confidence: 0.95, seed: 1 } as const;

/** Milliseconds of work between two turns of the event loop. */
const slice = 8;

/** Where the mean over scenes like these lies with 95 % confidence: the 2.5 % and 97.5 % percentiles of the means of 10,000 sets of as
 * many scenes, drawn from these with replacement from a fixed seed (Efron's percentile bootstrap). It tells how much a mean depends on
 * the choice of the scenes, not how well they were measured; with few scenes it is too narrow. A score that is not finite in any scene
 * has no interval (NaN).
 * @returns null below two scenes. */
export async function scoreInterval(scenes: readonly Scores[]): Promise<ScoreInterval | null> {
  if (scenes.length < 2) return null;
  const { resamples, seed } = bootstrap;
  const means = scoreNames.map(() => new Float64Array(resamples));
  const values = scoreNames.map((name) => Float64Array.from(scenes, (scene) => scene[name]));
  const random = new Random(seed, scenes.length);
  const draw = new Uint32Array(scenes.length);
  let last = performance.now();
  for (let sample = 0; sample < resamples; sample++) {
    for (let i = 0; i < draw.length; i++) draw[i] = random.below(draw.length);
    for (const [i, own] of values.entries()) (means[i] ?? own)[sample] = meanAt(own, draw);
    if (performance.now() - last < slice) continue;
    await nextTurn();
    last = performance.now();
  }
  return Object.fromEntries(
    scoreNames.map((name, i) => [name, ends(means[i] ?? new Float64Array(0))]),
  ) as ScoreInterval;
}

function meanAt(values: Float64Array, draw: Uint32Array): number {
  let sum = 0;
  for (const index of draw) sum += values[index] ?? 0;
  return sum / draw.length;
}

/** The percentiles, linear between neighbours. */
function ends(means: Float64Array): [number, number] {
  if (!means.every(Number.isFinite)) return [Number.NaN, Number.NaN];
  means.sort();
  const at = (part: number): number => {
    const place = part * (means.length - 1);
    const [low, high] = [means[Math.floor(place)] ?? 0, means[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  const outside = (1 - bootstrap.confidence) / 2;
  return [at(outside), at(1 - outside)];
}
