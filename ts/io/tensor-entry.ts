import { ModelError } from '../errors.js';
import { type DType, dtypeBytes, type TypedArrayOf } from '../tensor/dtype.js';

/** One tensor of a weight file: its values are little-endian bytes, row-major, without gaps. */
export interface TensorEntry {
  dtype: DType;
  shape: number[];
  data: Uint8Array;
}

/** Named tensors, in the order of the file or of the caller. */
export type TensorEntries = Map<string, TensorEntry>;

/** Bytes of one value of `dtype`. */
export function bytesPerElement(dtype: DType): number {
  return dtypeBytes[dtype];
}

/** Number of values of a shape; 1 for a scalar (`[]`). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

const views = {
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
} as const;

/** The values of an entry as the typed array of its dtype (float16 and bfloat16 as bits), without a copy where the
 * bytes are aligned. */
export function entryValues<D extends DType>(entry: TensorEntry & { dtype: D }): TypedArrayOf[D];
export function entryValues(entry: TensorEntry): TypedArrayOf[DType];
export function entryValues(entry: TensorEntry): TypedArrayOf[DType] {
  const size = bytesPerElement(entry.dtype);
  const { data } = entry;
  const aligned = data.byteOffset % size === 0 ? data : data.slice();
  return new views[entry.dtype](aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/** An entry over a typed array's own memory. */
export function tensorEntry<D extends DType>(
  dtype: D,
  shape: readonly number[],
  values: TypedArrayOf[D],
): TensorEntry {
  if (values.length !== elementCount(shape)) {
    throw new ModelError(
      'CHECKPOINT_SHAPE',
      `a tensor of shape [${shape.join(', ')}] has ${elementCount(shape)} values, ${values.length} were given`,
    );
  }
  return {
    dtype,
    shape: [...shape],
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}
