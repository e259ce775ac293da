import { TensorError } from '../errors.js';
import type { DType, Item, TypedArrayOf } from './dtype.js';
import type { Tensor } from './tensor.js';

type Values = TypedArrayOf[DType];

/** The one element of a tensor, as a JavaScript value. */
export async function itemOf<D extends DType>(tensor: Tensor<D>): Promise<Item<D>> {
  if (tensor.size !== 1) {
    throw new TensorError(
      'TENSOR_SHAPE',
      `item: found ${tensor.dtype} [${tensor.shape.join(', ')}], expected one element`,
    );
  }
  const [value] = await readable(tensor);
  return (tensor.dtype === 'bool' ? value === 1 : value) as Item<D>;
}

// Bits of the half types are no values.
async function readable(tensor: Tensor): Promise<Values> {
  if (tensor.dtype !== 'float16' && tensor.dtype !== 'bfloat16') return tensor.toTypedArray();
  const wide = await tensor.to('float32');
  try {
    return await wide.toTypedArray();
  } finally {
    wide.dispose();
  }
}

/** The dtype that a typed array holds by itself, or null for one that is none of ours. */
export function dtypeOfArray(data: unknown): DType | null {
  if (!ArrayBuffer.isView(data)) return null;
  return byName.get(nameOf(data)) ?? null;
}

/** What the addon takes: the same bytes under the class that stands for the dtype there. */
export function asNativeArray(data: ArrayBufferView): Values {
  const { buffer, byteOffset, byteLength } = data;
  const name = nameOf(data);
  if (name === 'Float16Array') return new Uint16Array(buffer, byteOffset, byteLength / 2);
  if (name === 'Uint8ClampedArray') return new Uint8Array(buffer, byteOffset, byteLength);
  return data as Values;
}

// The class of a view, whatever subclass (Buffer) or realm it comes from.
function nameOf(data: ArrayBufferView): string {
  return String(Reflect.get(data, Symbol.toStringTag));
}

const byName = new Map<string, DType>([
  ['Uint8Array', 'uint8'],
  ['Uint8ClampedArray', 'uint8'],
  ['Int16Array', 'int16'],
  ['Uint16Array', 'uint16'],
  ['Int32Array', 'int32'],
  ['BigInt64Array', 'int64'],
  ['Float16Array', 'float16'],
  ['Float32Array', 'float32'],
  ['Float64Array', 'float64'],
]);
