import type { CubeValues } from '../cube.js';

/** One axis of what is copied: where its values come from, and where they go. */
export interface CopyAxis {
  /** Whether its neighbours are neighbours in the target, too. */
  isColumns: boolean;
  /** Distance of neighbours in the source. */
  stride: number;
  /** For each index: its distance from the first in the source, and its place in the target. */
  from: Float64Array;
  to: Float64Array;
}

/** An axis of which all indices are copied.
 * @param stride distance of neighbours in the source; @param step the same in the target. */
export function wholeAxis(count: number, stride: number, step: number): CopyAxis {
  const every = (distance: number) => Float64Array.from({ length: count }, (_, i) => i * distance);
  return { isColumns: step === 1, stride, from: every(stride), to: every(step) };
}

/** Bytes of the source that a run of columns may touch, so that they stay in the nearest cache for the next run. */
const nearBytes = 1 << 14;
const shortestRun = 64;
/** From here on a native copy beats a loop. */
const nativeRun = 48;
/** Places beyond this are no 32-bit integers, with which loops are much quicker. */
const farthest = 2 ** 31 - 1;

type Bits = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** Values seen as bare bits of their width. Four kinds of array instead of eight keep the loops below quick: the engine
 * gives up on loops that meet more. */
function bitsOf({ buffer, byteOffset, length, BYTES_PER_ELEMENT: width }: CubeValues): Bits {
  if (width === 1) return new Uint8Array(buffer, byteOffset, length);
  if (width === 2) return new Uint16Array(buffer, byteOffset, length);
  if (width === 4) return new Int32Array(buffer, byteOffset, length);
  return new Float64Array(buffer, byteOffset, length);
}

/** Copies `count` values that lie `stride` apart. */
function copyRun(source: Bits, from: number, stride: number, target: Bits, to: number, count: number): void {
  const end = to + count;
  for (let at = to, next = from; at < end; at++, next += stride) target[at] = source[next] as number;
}

/** Four runs at once: their values lie near each other in the source, and share what has been fetched. */
function copyFourRuns(source: Bits, stride: number, target: Bits, count: number, { from, to }: Places): void {
  const [first, second, third, fourth] = [from[0] ?? 0, from[1] ?? 0, from[2] ?? 0, from[3] ?? 0];
  const [a, b, c, d] = [to[0] ?? 0, to[1] ?? 0, to[2] ?? 0, to[3] ?? 0];
  let at = 0;
  for (let i = 0; i < count; i++) {
    target[a + i] = source[first + at] as number;
    target[b + i] = source[second + at] as number;
    target[c + i] = source[third + at] as number;
    target[d + i] = source[fourth + at] as number;
    at += stride;
  }
}

/** Where four runs begin. The memory is used again and again: arrays for each would be millions in a large cube. */
interface Places {
  from: Int32Array;
  to: Int32Array | Float64Array;
}

/** Copies a run of columns for each index of the inner axis. */
function copyRuns(
  source: Bits,
  from: number,
  stride: number,
  target: Bits,
  to: number,
  count: number,
  inner: CopyAxis,
  places: Places,
): void {
  const total = inner.from.length;
  let i = 0;
  if (stride === 1 && count >= nativeRun) {
    for (; i < total; i++) {
      const start = from + (inner.from[i] ?? 0);
      target.set(source.subarray(start, start + count), to + (inner.to[i] ?? 0));
    }
    return;
  }
  while (i < total) {
    const runs = total - i >= 4 ? 4 : 1;
    for (let k = 0; k < runs; k++) {
      places.from[k] = from + (inner.from[i + k] ?? 0);
      places.to[k] = to + (inner.to[i + k] ?? 0);
    }
    if (runs === 4) copyFourRuns(source, stride, target, count, places);
    else copyRun(source, places.from[0] ?? 0, stride, target, places.to[0] ?? 0, count);
    i += runs;
  }
}

/** Copies the values at all crossings of three axes; `source[0]` is the crossing of their first indices, and both arrays
 * are of one type. The axis whose values are neighbours in the target is the inner loop. */
export function copyAxes(
  source: CubeValues,
  axes: readonly [CopyAxis, CopyAxis, CopyAxis],
  target: CubeValues,
): void {
  const [from, to] = [bitsOf(source), bitsOf(target)];
  const columns = axes.find(({ isColumns }) => isColumns) ?? axes[2];
  const [outer, inner] = axes.filter((axis) => axis !== columns);
  if (outer === undefined || inner === undefined) return;
  const far = target.length > farthest;
  const places = { from: new Int32Array(4), to: far ? new Float64Array(4) : new Int32Array(4) };
  const { stride } = columns;
  const count = columns.from.length;
  const near = Math.floor(nearBytes / (stride * source.BYTES_PER_ELEMENT));
  const run = stride === 1 ? count : Math.max(shortestRun, near);
  for (let o = 0; o < outer.from.length; o++) {
    for (let left = 0; left < count; left += run) {
      const first = (outer.from[o] ?? 0) + left * stride;
      const place = (outer.to[o] ?? 0) + (columns.to[left] ?? 0);
      copyRuns(from, first, stride, to, place, Math.min(run, count - left), inner, places);
    }
  }
}
