/** A stream of numbers in [0, 1) that depends on the seed alone, so that a scene is the same on every machine. */
export type Random = () => number;

/** Mixes 32 bits so that each input bit reaches each output bit (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The stream of one seed. */
export function randomOf(seed: number): Random {
  let counter = mix(seed ^ 0x5bd1e995);
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    return mix(counter) / 4294967296;
  };
}

/** A number between `low` and `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** One of the items of a list that is not empty. */
export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
