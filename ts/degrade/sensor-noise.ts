import { Random } from '../data/random.js';

/** A number from 0 to 1, neither included. */
function uniform(random: Random): number {
  return (random.next() + 0.5) / 2 ** 32;
}

/** ln(k!), by Stirling's series; below 10 by multiplication. */
function logFactorial(k: number): number {
  if (k < 10) {
    let product = 1;
    for (let i = 2; i <= k; i++) product *= i;
    return Math.log(product);
  }
  const n = k + 1;
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return (n - 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}

/** A Poisson number of small mean, by multiplying uniform numbers (Knuth). */
function fewEvents(random: Random, mean: number): number {
  const least = Math.exp(-mean);
  let product = uniform(random);
  let count = 0;
  while (product > least) {
    product *= uniform(random);
    count++;
  }
  return count;
}

/** A Poisson number of a mean of 10 or more, by transformed rejection: algorithm PTRS of Hoermann, "The transformed rejection
 * method for generating Poisson random variables", Insurance: Mathematics and Economics 12 (1993). Exact. */
function manyEvents(random: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accepted = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  for (;;) {
    const u = uniform(random) - 0.5;
    const v = uniform(random);
    const distance = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= accepted) return k;
    if (k < 0 || (distance < 0.013 && v > distance)) continue;
    const left = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (distance * distance) + b);
    if (left <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/** A number of the Poisson distribution; 0 for a mean that is not above 0, or no number. */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0) || mean === Infinity) return 0;
  return mean < 10 ? fewEvents(random, mean) : manyEvents(random, mean);
}

/** A number of the normal distribution of mean 0 and deviation 1 (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
}

/** Noise of a sensor. */
export interface SensorNoise {
  /** Electrons at full scale; absent: no shot noise. */
  electrons?: number | undefined;
  /** Deviation of the read noise in units of full scale; absent: none. */
  readNoise?: number | undefined;
}

/** Adds noise to a part of `values`, in place, the pixels taking the given noises in turn: v becomes P / electrons + readNoise N, with P Poisson of mean v electrons
 * (so of variance v / electrons) and N normal. The numbers follow from the stream alone, whatever is computed in one piece: give each
 * row of each channel a stream of its own. */
export function addSensorNoise(
  values: Float32Array,
  start: number,
  end: number,
  noises: readonly SensorNoise[],
  stream: readonly number[],
): void {
  const random = new Random(...stream);
  for (let i = start; i < end; i++) {
    const { electrons, readNoise = 0 } = noises[(i - start) % noises.length] ?? {};
    let value = values[i] ?? 0;
    if (electrons !== undefined) value = poisson(random, value * electrons) / electrons;
    if (readNoise > 0) value += readNoise * normal(random);
    values[i] = value;
  }
}

/** A whole number of 32 bits that stands for a name, for the streams of scenes (FNV-1a). */
export function streamOfName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
