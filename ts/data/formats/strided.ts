import { type CubeDType, type CubeValues, nextTurn, unsetValues } from '../cube.js';
import { type CopyAxis, copyAxes } from './copy-axes.js';
import type { CubeStrides } from '../band-major.js';
import type { WholeWindow } from './format.js';
import { readPlain } from './plain-reads.js';
import { decodeStored, type StoredType, storedWidth, valuesOf } from './stored-types.js';

/** Bytes that can be read at known places: a file, or what has been unpacked of one. */
export interface ByteSource {
  /** Named in errors. */
  readonly path: string;
  /** Exactly `length` bytes in memory that the caller may keep and change.
   * @throws `DATA_TRUNCATED`. */
  read(offset: number, length: number, what: string): Promise<Buffer>;
  /** The same into memory of the caller's. */
  readInto(target: Uint8Array, offset: number, what: string): Promise<void>;
  /** Where the system can do it: bytes that follow each other, each run into memory of its own; at most 1024 runs. */
  readEach?(targets: readonly Uint8Array[], offset: number, what: string): Promise<void>;
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
const pieceBytes = 1 << 20;
/** Pieces being read while one is turned. */
const ahead = 3;
/** Gaps up to this size are read through rather than jumped over. */
const smallGap = 1 << 15;

/** One axis of a window: which stored indices are wanted, and where they go. */
interface Axis extends CopyAxis {
  /** Least stored index, and how many follow up to the greatest. */
  first: number;
  span: number;
}

function axisOf(indices: ArrayLike<number>, stride: number, step: number, isColumns = false): Axis {
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < indices.length; i++) {
    first = Math.min(first, indices[i] ?? 0);
    last = Math.max(last, indices[i] ?? 0);
  }
  const from = Float64Array.from(indices, (index) => (index - first) * stride);
  const to = Float64Array.from(indices, (_, place) => place * step);
  return { isColumns, stride, first, span: last - first + 1, from, to };
}

/** The axes of a window, the one whose neighbours lie farthest apart first. */
function axesOfWindow({ strides }: StridedCube, window: WholeWindow): [Axis, Axis, Axis] {
  const { row, column, height, width, bands } = window;
  const range = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  const axes = [
    axisOf(bands, strides.bands, height * width),
    axisOf(range(row, height), strides.rows, width),
    axisOf(range(column, width), strides.columns, 1, true),
  ].sort((a, b) => b.stride - a.stride);
  return axes as [Axis, Axis, Axis];
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

/** One read of the file, and which parts of the axes it serves. */
interface Piece {
  /** First value, and how many. */
  start: number;
  count: number;
  axes: readonly [Axis, Axis, Axis];
}

function spread({ span, stride }: Axis): number {
  return (span - 1) * stride;
}

/** All reads of a window. Slabs that are large by themselves are read in parts, small ones several at a time. */
function* piecesOf([slow, middle, fast]: readonly [Axis, Axis, Axis], size: number): Generator<Piece> {
  const lineValues = spread(fast) + 1;
  for (const group of pieces(slow, spread(middle) + lineValues, size)) {
    const isAlone = group.from.length === 1;
    for (const part of isAlone ? pieces(middle, lineValues, size) : [middle]) {
      for (const run of part.from.length === 1 ? pieces(fast, 1, size) : [fast]) {
        const axes = [group, part, run] as const;
        yield {
          start: axes.reduce((sum, { first, stride }) => sum + first * stride, 0),
          count: axes.reduce((sum, axis) => sum + spread(axis), 1),
          axes,
        };
      }
    }
  }
}

/** Decodes and copies a piece. */
type Turn = (bytes: Buffer, piece: Piece) => void;

/** Reads pieces one after the other, some ahead of the one that is being turned. */
async function readPieces(
  source: ByteSource,
  { start, stored }: StridedCube,
  list: Iterator<Piece>,
  turn: Turn,
): Promise<void> {
  const size = storedWidth(stored);
  /** Memory of pieces that are done with, used again. */
  const spare: Buffer[] = [];
  const under: { piece: Piece; bytes: Promise<Buffer> }[] = [];
  const begin = (): void => {
    const { value: piece, done } = list.next();
    if (done === true) return;
    const length = piece.count * size;
    const memory = spare.pop();
    const fits = memory !== undefined && memory.length >= length;
    const buffer = fits ? memory : Buffer.from(new ArrayBuffer(length));
    const target = buffer.subarray(0, length);
    const bytes = source.readInto(target, start + piece.start * size, 'the values').then(() => buffer);
    // A failure is met when its turn comes; it must not count as unhandled before.
    bytes.catch(() => undefined);
    under.push({ piece, bytes });
  };
  for (let i = 0; i < ahead; i++) begin();
  for (let next = under.shift(); next !== undefined; next = under.shift()) {
    const buffer = await next.bytes;
    begin();
    turn(buffer.subarray(0, next.piece.count * size), next.piece);
    spare.push(buffer);
    await nextTurn();
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
  const target = unsetValues(dtype, window.bands.length * window.height * window.width);
  if (target.length === 0) return target;
  const size = storedWidth(cube.stored);
  if (await readPlain(source, cube, window, target)) return target;
  const axes = axesOfWindow(cube, window);
  await readPieces(source, cube, piecesOf(axes, size), (bytes, piece) => {
    const numbers = decodeStored(source.path, cube.stored, bytes, cube.littleEndian);
    copyAxes(valuesOf(numbers, dtype), piece.axes, target);
  });
  return target;
}
