import type { Random } from '../../ts/data/random.js';

/** Numbers that readers stumble over. */
const odd = [
  0, 1, 2, 3, 5, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 0x7fffffff, 0x80000000, 0xffffffff,
];
const oddText = [
  '-1',
  '0',
  '99999999999999999999',
  '1e999',
  'NaN',
  '4294967296',
  '2147483648',
  '',
  'x',
  '{',
  '}',
  '\0',
];

/** Offsets lie in the head of a file, where its claims are, more often than their share. */
function place(random: Random, length: number): number {
  const head = Math.min(length, 2048);
  return random.below(3) > 0 ? random.below(head) : random.below(length);
}

function flipBits(random: Random, bytes: Buffer): Buffer {
  for (let count = 1 + random.below(8); count > 0; count--) {
    const at = place(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function oddNumber(random: Random, bytes: Buffer): Buffer {
  const width = 2 ** random.below(4);
  if (bytes.length < width) return bytes;
  const at = place(random, bytes.length - width + 1);
  const value = odd[random.below(odd.length)] ?? 0;
  const big = random.below(2) === 0;
  if (width === 1) bytes[at] = value & 255;
  else if (width === 2) big ? bytes.writeUInt16BE(value & 65535, at) : bytes.writeUInt16LE(value & 65535, at);
  else {
    if (width === 8) bytes.fill(random.below(2) === 0 ? 0 : 255, at, at + 8);
    big ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);
  }
  return bytes;
}

function noise(random: Random, bytes: Buffer): Buffer {
  const at = place(random, bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(64));
  for (let i = at; i < end; i++) bytes[i] = random.below(256);
  return bytes;
}

function cutOff(random: Random, bytes: Buffer): Buffer {
  const nearEnd = random.below(3) === 0;
  const length = nearEnd
    ? bytes.length - 1 - random.below(Math.min(16, bytes.length))
    : random.below(bytes.length);
  return bytes.subarray(0, Math.max(0, length));
}

function takeOut(random: Random, bytes: Buffer): Buffer {
  const at = place(random, bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(256));
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
}

function repeat(random: Random, bytes: Buffer): Buffer {
  const at = place(random, bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(1024));
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
}

function exchange(random: Random, bytes: Buffer): Buffer {
  const [a, b] = [place(random, bytes.length), place(random, bytes.length)];
  const length = Math.min(1 + random.below(32), bytes.length - Math.max(a, b));
  const kept = Buffer.from(bytes.subarray(a, a + length));
  bytes.copy(bytes, a, b, b + length);
  kept.copy(bytes, b);
  return bytes;
}

/** A number of a text (a header's, a CSV's) becomes something else. */
function oddWord(random: Random, bytes: Buffer): Buffer {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, 8192));
  const numbers = [...head.matchAll(/-?\d+(\.\d+)?/g)];
  const chosen = numbers[random.below(Math.max(1, numbers.length))];
  if (chosen === undefined) return flipBits(random, bytes);
  const word = Buffer.from(oddText[random.below(oddText.length)] ?? '', 'latin1');
  const end = chosen.index + chosen[0].length;
  return Buffer.concat([bytes.subarray(0, chosen.index), word, bytes.subarray(end)]);
}

const kinds = [flipBits, flipBits, oddNumber, oddNumber, noise, cutOff, takeOut, repeat, exchange, oddWord];

/** A damaged copy of a file's bytes, one to three times. */
export function mutated(random: Random, original: Uint8Array, other: Uint8Array): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + random.below(3); count > 0 && bytes.length > 0; count--) {
    if (random.below(24) === 0) {
      // The head of one file, the rest of another.
      const at = random.below(bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))]);
      continue;
    }
    bytes = Buffer.from((kinds[random.below(kinds.length)] ?? flipBits)(random, bytes));
  }
  return bytes;
}
