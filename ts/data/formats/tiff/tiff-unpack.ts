/** Unpacks PackBits: runs of one byte, and bytes as they are.
 * @param expected bytes wanted; no more are made. */
export function unpackBits(packed: Uint8Array, expected: number): Buffer {
  const result = Buffer.alloc(expected);
  let to = 0;
  for (let at = 0; at < packed.length && to < expected; ) {
    const head = packed[at++] as number;
    if (head === 128) continue;
    if (head > 128) {
      const end = Math.min(expected, to + 257 - head);
      result.fill(packed[at++] ?? 0, to, end);
      to = end;
    } else {
      const some = packed.subarray(at, at + Math.min(head + 1, expected - to));
      result.set(some, to);
      to += some.length;
      at += head + 1;
    }
  }
  return result.subarray(0, to);
}

const clearCode = 256;
const endCode = 257;
const mostCodes = 4096;

/** Unpacks TIFF's LZW: codes of 9 to 12 bits, the highest bit first.
 * @param expected bytes wanted; no more are made.
 * @throws Error for a code that does not exist yet. */
export function unpackLzw(packed: Uint8Array, expected: number): Buffer {
  const result = Buffer.alloc(expected);
  // Each code is a run of what has been unpacked already: where it begins, and how long it is.
  const starts = new Int32Array(mostCodes);
  const lengths = new Int32Array(mostCodes);
  let [next, bits, to, at, held, holding] = [258, 9, 0, 0, 0, 0];
  let before: { start: number; length: number } | null = null;
  while (to < expected) {
    while (holding < bits && at < packed.length) {
      held = ((held << 8) | (packed[at++] as number)) & 0xffffff;
      holding += 8;
    }
    if (holding < bits) break;
    const code = (held >> (holding - bits)) & ((1 << bits) - 1);
    holding -= bits;
    if (code === endCode) break;
    if (code === clearCode) {
      [next, bits, before] = [258, 9, null];
      continue;
    }
    const start = to;
    if (code < clearCode) result[to++] = code;
    else to = copyRun(result, to, code, next, starts, lengths, before, expected);
    if (before !== null && next < mostCodes) {
      // What came before, and the first byte of what came now, follow each other in the result.
      starts[next] = before.start;
      lengths[next] = before.length + 1;
      next++;
    }
    // Codes grow one early, as TIFF's first writers did.
    if (next >= (1 << bits) - 1 && bits < 12) bits++;
    before = { start, length: to - start };
  }
  return result.subarray(0, to);
}

function copyRun(
  result: Buffer,
  to: number,
  code: number,
  next: number,
  starts: Int32Array,
  lengths: Int32Array,
  before: { start: number; length: number } | null,
  expected: number,
): number {
  const isNew = code === next && before !== null;
  if (code >= next && !isNew) throw new Error(`code ${code} is not defined`);
  const start = isNew ? before.start : (starts[code] as number);
  const length = isNew ? before.length + 1 : (lengths[code] as number);
  const end = Math.min(expected, to + length);
  for (let from = start, place = to; place < end; from++, place++) result[place] = result[from] as number;
  return end;
}
