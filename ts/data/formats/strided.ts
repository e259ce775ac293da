import { endianness } from 'node:os';
import { allocateValues, type CubeDType, type CubeValues, nextTurn } from '../cube.js';
import type { CubeStrides } from '../band-major.js';
import type { WholeWindow } from './format.js';
import { decodeStored, type StoredNumbers, type StoredType, storedWidth } from './stored-types.js';

/** Bytes that can be read at known places: a file, or what has been unpacked of one. */
export interface ByteSource {
  /** Named in errors. */
  readonly path: string;
  /** Exactly `length` bytes in memory that the caller may keep and change.
   * @throws `DATA_TRUNCATED`. */
  read(offset: number, length: number, what: string): Promise<Buffer>;
  /** The same into memory of the caller's. */
  readInto(target: Uint8Array, offset: number, what: string): Promise<void>;
}

/** An uncompressed cube within a file. */
export interface StridedCube {
  stored: StoredType;
  littleEndian: boolean;
  /** Byte of the first value. */
  start: number;
  bands: number;
  height: number;
  width: number;
  /** Distances between neighbours, in values. */
  strides: CubeStrides;
}

/** Bytes read and turned at a time: short enough for the event loop, long enough for the disk. */
const pieceBytes = 1 << 21;
/** Gaps up to this size are read through rather than jumped over. */
const smallGap = 1 << 15;
/** Side of the square that is copied at a time: both sides of the transposition stay in the cache. */
const tile = 32;

/** One axis of a window: which stored indices are wanted, and where they go. */
interface Axis {
  stride: number;
  /** Least stored index, and how many follow up to the greatest. */
  first: number;
  span: number;
  /** For each wanted index: its distance from the first, in stored values, and its place in the target. */
  from: Float64Array;
  to: Float64Array;
}

function axisOf(indices: ArrayLike<number>, stride: number, step: number): Axis {
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < indices.length; i++) {
    first = Math.min(first, indices[i] ?? 0);
    last = Math.max(last, indices[i] ?? 0);
  }
  const from = Float64Array.from(indices, (index) => (index - first) * stride);
  const to = Float64Array.from(indices, (_, place) => place * step);
  return { stride, first, span: last - first + 1, from, to };
}

/** The axes of a window, the one whose neighbours lie farthest apart first. */
function axesOfWindow({ strides }: StridedCube, window: WholeWindow): [Axis, Axis, Axis] {
  const { row, column, height, width, bands } = window;
  const range = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  const axes = [
    axisOf(bands, strides.bands, height * width),
    axisOf(range(row, height), strides.rows, width),
    axisOf(range(column, width), strides.columns, 1),
  ].sort((a, b) => b.stride - a.stride);
  return axes as [Axis, Axis, Axis];
}

/** Copies the wanted values of a plane whose first value is `source[origin]`. */
function scatter(
  source: StoredNumbers,
  origin: number,
  middle: Axis,
  fast: Axis,
  target: CubeValues,
  offset: number,
): void {
  const [rows, columns] = [middle.from.length, fast.from.length];
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let m = top; m < bottom; m++) {
        const start = origin + (middle.from[m] as number);
        const line = offset + (middle.to[m] as number);
        for (let f = left; f < right; f++) {
          target[line + (fast.to[f] as number)] = source[start + (fast.from[f] as number)] as number;
        }
      }
    }
  }
}

/** A part of an axis, with places counted anew from its own first index. */
function slice(axis: Axis, start: number, end: number): Axis {
  const from = axis.from.slice(start, end);
  const shift = from.reduce((least, value) => Math.min(least, value), Infinity);
  const spread = from.reduce((most, value) => Math.max(most, value - shift), 0);
  return {
    ...axis,
    first: axis.first + shift / axis.stride,
    span: spread / axis.stride + 1,
    from: from.map((value) => value - shift),
    to: axis.to.slice(start, end),
  };
}

/** Parts of an axis that are read in one go, gaps included, where each index takes `values` stored values. */
function* pieces(axis: Axis, values: number, width: number): Generator<Axis> {
  const gap = (axis.stride - values) * width;
  const most = gap > smallGap ? 1 : Math.max(1, Math.floor(pieceBytes / (axis.stride * width)));
  for (let start = 0; start < axis.from.length; ) {
    const first = axis.from[start] ?? 0;
    const isNear = (at: number) => Math.abs((axis.from[at] ?? 0) - first) < most * axis.stride;
    let end = start + 1;
    while (end < axis.from.length && end - start < most && isNear(end)) end++;
    yield slice(axis, start, end);
    start = end;
  }
}

/** Whether lines lie in the file as they will lie in memory: they can be read straight into place. */
function isPlain(cube: StridedCube, dtype: CubeDType): boolean {
  const own = cube.littleEndian === (endianness() === 'LE') || storedWidth(cube.stored) === 1;
  const { rows, columns, bands } = cube.strides;
  return own && cube.stored === dtype && columns === 1 && rows === cube.width && bands >= cube.height * rows;
}

async function readPlain(
  source: ByteSource,
  cube: StridedCube,
  window: WholeWindow,
  target: CubeValues,
): Promise<void> {
  const size = storedWidth(cube.stored);
  const { row, column, height, width, bands } = window;
  const wholeLines = width === cube.width;
  const run = (wholeLines ? height * width : width) * size;
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  for (const [place, band] of bands.entries()) {
    for (let line = 0; line < (wholeLines ? 1 : height); line++) {
      const value = band * cube.strides.bands + (row + line) * cube.width + column;
      const at = place * height * width * size + line * run;
      await source.readInto(bytes.subarray(at, at + run), cube.start + value * size, `band ${band}`);
    }
  }
}

/** Reads a window of an uncompressed cube into band-major order, no more of the file than lies between the wanted values.
 * @throws {DataError} `DATA_TRUNCATED` and {@link decodeStored}'s. */
export async function readStrided(
  source: ByteSource,
  cube: StridedCube,
  window: WholeWindow,
  dtype: CubeDType,
): Promise<CubeValues> {
  const target = allocateValues(dtype, window.bands.length * window.height * window.width);
  if (target.length === 0) return target;
  if (isPlain(cube, dtype)) {
    await readPlain(source, cube, window, target);
    return target;
  }
  const [slow, middle, fast] = axesOfWindow(cube, window);
  const size = storedWidth(cube.stored);
  const lineValues = (fast.span - 1) * fast.stride + 1;
  const slabValues = (middle.span - 1) * middle.stride + lineValues;
  const numbersFrom = async (first: number, count: number): Promise<StoredNumbers> => {
    const bytes = await source.read(cube.start + first * size, count * size, 'the values');
    return decodeStored(source.path, cube.stored, bytes, cube.littleEndian);
  };
  for (const group of pieces(slow, slabValues, size)) {
    const start = group.first * group.stride + fast.first * fast.stride;
    // Planes that are large by themselves are read in parts, small ones several at a time.
    const parts = group.from.length > 1 ? [middle] : pieces(middle, lineValues, size);
    for (const part of parts) {
      const count = (group.span - 1) * group.stride + (part.span - 1) * part.stride + lineValues;
      const numbers = await numbersFrom(start + part.first * part.stride, count);
      for (let s = 0; s < group.from.length; s++) {
        scatter(numbers, group.from[s] ?? 0, part, fast, target, group.to[s] ?? 0);
      }
      await nextTurn();
    }
  }
  return target;
}
