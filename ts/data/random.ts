/** Random numbers for splits and plans: xoshiro128**, seeded through splitmix32 from any number of integers, so that
 * each epoch, split or scene has its own stream. The sequence is part of the contract: a seed names the same plan in
 * every version. */
export class Random {
  private readonly state = new Uint32Array(4);

  /** @param seeds integers; each is taken apart into its low and high 32 bits. */
  constructor(...seeds: readonly number[]) {
    let mixed = 0x9e3779b9;
    for (const seed of seeds) {
      mixed = scramble(mixed ^ (seed >>> 0));
      mixed = scramble(mixed ^ Math.floor(seed / 2 ** 32));
    }
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      this.state[i] = scramble(mixed);
    }
  }

  /** The next 32 bits. */
  next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const e = c ^ a;
    const f = d ^ b;
    this.state[0] = a ^ f;
    this.state[1] = b ^ e;
    this.state[2] = e ^ (b << 9);
    this.state[3] = rotate(f, 11);
    return result;
  }

  /** A whole number from 0 to below `limit` (at most 2^32), each equally likely. */
  below(limit: number): number {
    const fair = 2 ** 32 - (2 ** 32 % limit);
    let bits = this.next();
    while (bits >= fair) bits = this.next();
    return bits % limit;
  }

  /** The numbers 0 to `count` - 1 in random order. */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const other = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = other;
    }
    return order;
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Mixes 32 bits so that neighbouring seeds give unrelated states. */
function scramble(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
