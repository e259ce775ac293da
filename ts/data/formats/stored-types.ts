import { DataError } from '../../errors.js';
import type { CubeDType, CubeValues } from '../cube.js';

/** Types in which containers keep numbers. */
export type StoredType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64';

/** Bytes of one value of each type, and the dtype that holds all of its values exactly (64-bit integers: up to 2^53). */
const facts: Record<StoredType, { width: 1 | 2 | 4 | 8; dtype: CubeDType }> = {
  int8: { width: 1, dtype: 'int16' },
  uint8: { width: 1, dtype: 'uint8' },
  int16: { width: 2, dtype: 'int16' },
  uint16: { width: 2, dtype: 'uint16' },
  int32: { width: 4, dtype: 'int32' },
  uint32: { width: 4, dtype: 'float64' },
  int64: { width: 8, dtype: 'float64' },
  uint64: { width: 8, dtype: 'float64' },
  float16: { width: 2, dtype: 'float32' },
  float32: { width: 4, dtype: 'float32' },
  float64: { width: 8, dtype: 'float64' },
};

/** Bytes of one stored value. */
export function storedWidth(type: StoredType): 1 | 2 | 4 | 8 {
  return facts[type].width;
}

/** The dtype in which a cube of this stored type is read. */
export function dtypeOfStored(type: StoredType): CubeDType {
  return facts[type].dtype;
}

/** Numbers as they lie in a file, in this machine's byte order; 64-bit integers and halves already as doubles and floats. */
export type StoredNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** 64-bit integers as doubles.
 * @throws {DataError} `DATA_RANGE` when one is beyond 2^53 and would lose its last digits. */
function exactDoubles(file: string, values: BigInt64Array | BigUint64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isSafeInteger(value)) {
      throw new DataError('DATA_RANGE', `${file}: ${values[i]} is too large to be held exactly as a double`);
    }
    result[i] = value;
  }
  return result;
}

/** The value of half-precision bits (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let halfTable: Float32Array | undefined;

function halvesToFloats(halves: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits));
  const result = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) result[i] = halfTable[halves[i] ?? 0] ?? 0;
  return result;
}

/** Turns each value of `width` bytes around, in place: from one byte order to the other. */
export function swapBytes(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16();
  if (width === 4) bytes.swap32();
  if (width === 8) bytes.swap64();
}

/** Bytes of a file as numbers. Takes `bytes` over: they may be swapped in place and shared with the result.
 * @throws {DataError} `DATA_DAMAGED` when they do not hold whole values; `DATA_RANGE` for integers beyond 2^53. */
export function decodeStored(
  file: string,
  type: StoredType,
  bytes: Buffer,
  littleEndian: boolean,
): StoredNumbers {
  const { width } = facts[type];
  if (bytes.length % width !== 0) {
    throw new DataError(
      'DATA_DAMAGED',
      `${file}: ${bytes.length} bytes do not hold whole values of ${width} bytes (${type})`,
    );
  }
  const aligned = bytes.byteOffset % width === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  if (!littleEndian) swapBytes(aligned, width);
  const place = [aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width] as const;
  switch (type) {
    case 'int8':
      return new Int8Array(...place);
    case 'uint8':
      return new Uint8Array(...place);
    case 'int16':
      return new Int16Array(...place);
    case 'uint16':
      return new Uint16Array(...place);
    case 'int32':
      return new Int32Array(...place);
    case 'uint32':
      return new Uint32Array(...place);
    case 'int64':
      return exactDoubles(file, new BigInt64Array(...place));
    case 'uint64':
      return exactDoubles(file, new BigUint64Array(...place));
    case 'float16':
      return halvesToFloats(new Uint16Array(...place));
    case 'float32':
      return new Float32Array(...place);
    case 'float64':
      return new Float64Array(...place);
  }
}

/** Decoded numbers in the typed array of a dtype: the same array where it is that already. */
export function valuesOf(numbers: StoredNumbers, dtype: CubeDType): CubeValues {
  switch (dtype) {
    case 'uint8':
      return numbers instanceof Uint8Array ? numbers : new Uint8Array(numbers);
    case 'uint16':
      return numbers instanceof Uint16Array ? numbers : new Uint16Array(numbers);
    case 'int16':
      return numbers instanceof Int16Array ? numbers : new Int16Array(numbers);
    case 'int32':
      return numbers instanceof Int32Array ? numbers : new Int32Array(numbers);
    case 'float32':
      return numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
    case 'float64':
      return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
  }
}
