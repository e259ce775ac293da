import { DataError } from '../../errors.js';
import { type CubeDType, type CubeValues, dtypeOf, nextTurn } from '../cube.js';

/** Types of values in the files of the scene cache. */
export type TiledDType = 'uint8' | 'uint16' | 'float16' | 'float32';

/** Bytes of a value. */
export const valueBytes: Readonly<Record<TiledDType, number>> = {
  uint8: 1,
  uint16: 2,
  float16: 2,
  float32: 4,
};

/** Rows of a band-major cube: the value of a band, row and column is `values[start + band * bandStep + row * width + column]`. */
export interface Strip {
  values: CubeValues;
  start: number;
  bandStep: number;
}

/** The type that values of a cube are kept in. Integers beyond 16 bits and doubles become float32, as in memory. */
export function keptDType(dtype: CubeDType, type: 'stored' | 'float16' | 'float32'): TiledDType {
  if (type !== 'stored') return type;
  return dtype === 'uint8' || dtype === 'uint16' ? dtype : 'float32';
}

/** How values are kept: their type, the number that divides what is kept to [0, 1], and what divides them before. */
export function keptAs(
  values: CubeValues,
  type: 'stored' | 'float16' | 'float32',
  scale: number,
): { dtype: TiledDType; scale: number; divisor: number } {
  const dtype = keptDType(dtypeOf(values), type);
  return type === 'stored' ? { dtype, scale, divisor: 1 } : { dtype, scale: 1, divisor: scale };
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const largestHalf = 65504;

/** The bits of the float16 nearest to a number, ties to even; infinity beyond its range. */
export function halfBits(value: number): number {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // Below 2^-14 the halves are multiples of 2^-24: adding 1/2 leaves these in the lowest bits, rounded by the addition itself.
  if (magnitude < 0x38800000) {
    single[0] = Math.abs(single[0] ?? 0) + 0.5;
    return sign | ((singleBits[0] ?? 0) - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

type Target = Uint8Array | Uint16Array | Float32Array;
/** Copies `count` values from one place to another. */
type CopyRun = (from: number, count: number, to: number) => void;

function copying(values: CubeValues, target: Target): CopyRun {
  return (from, count, to) => target.set(values.subarray(from, from + count), to);
}

function dividing(values: CubeValues, target: Target, divisor: number): CopyRun {
  return (from, count, to) => {
    for (let i = 0; i < count; i++) target[to + i] = (values[from + i] as number) / divisor;
  };
}

function halving(values: CubeValues, target: Target, divisor: number, name: string): CopyRun {
  return (from, count, to) => {
    for (let i = 0; i < count; i++) {
      const value = (values[from + i] as number) / divisor;
      if (Math.abs(value) > largestHalf) {
        throw new DataError(
          'DATA_RANGE',
          `scene '${name}': the value ${value} is beyond what float16 holds, 65504: give the full scale of the data, or keep it as stored`,
        );
      }
      target[to + i] = halfBits(value);
    }
  };
}

/** Values copied between two turns of the event loop: some milliseconds. */
const atOnce = 1 << 19;

/** A row of tiles of a cube. */
export interface TileRow {
  bands: number;
  rows: number;
  width: number;
  tile: number;
  /** The scene's, for messages. */
  name: string;
}

function targetOf(dtype: TiledDType, length: number): Target {
  if (dtype === 'uint8') return new Uint8Array(length);
  return dtype === 'float32' ? new Float32Array(length) : new Uint16Array(length);
}

/** A row of tiles, each `[bands, rows, columns]`, as a file has them: values divided by `divisor`, in another type.
 * @throws {DataError} `DATA_RANGE` for a value that float16 cannot hold. */
export async function tiled(
  { values, start, bandStep }: Strip,
  { bands, rows, width, tile, name }: TileRow,
  { dtype, divisor }: { dtype: TiledDType; divisor: number },
): Promise<Uint8Array> {
  const target = targetOf(dtype, bands * rows * width);
  const exact = divisor === 1 ? copying(values, target) : dividing(values, target, divisor);
  const copy = dtype === 'float16' ? halving(values, target, divisor, name) : exact;
  let to = 0;
  let sinceTurn = 0;
  for (let left = 0; left < width; left += tile) {
    const columns = Math.min(tile, width - left);
    for (let band = 0; band < bands; band++) {
      const corner = start + band * bandStep + left;
      for (let row = 0; row < rows; row++, to += columns) copy(corner + row * width, columns, to);
      sinceTurn += rows * columns;
      if (sinceTurn < atOnce) continue;
      sinceTurn = 0;
      await nextTurn();
    }
  }
  return new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
}
