import { entryValues, type TensorEntries, tensorEntry } from '../io/tensor-entry.js';
import { type NativeTensor, native } from '../native/index.js';

/** Reads native tensors out into a file's entries, names prefixed, and disposes the handles. */
export async function entriesOf(
  tensors: ReadonlyMap<string, NativeTensor>,
  prefix = '',
): Promise<TensorEntries> {
  const entries: TensorEntries = new Map();
  for (const [name, tensor] of tensors) {
    const values = await native().toTypedArray(tensor);
    entries.set(prefix + name, tensorEntry(tensor.dtype, tensor.shape, values));
    tensor.dispose();
  }
  return entries;
}

/** Native tensors of a file's entries, on the CPU. */
export function tensorsOf(entries: TensorEntries): Map<string, NativeTensor> {
  const tensors = new Map<string, NativeTensor>();
  for (const [name, entry] of entries) {
    tensors.set(name, native().fromTypedArray(entryValues(entry), entry.shape, entry.dtype, 'cpu'));
  }
  return tensors;
}

/** Runs `work` with native tensors of `entries` and disposes them. */
export async function withTensors<T>(
  entries: TensorEntries,
  work: (tensors: Map<string, NativeTensor>) => Promise<T>,
): Promise<T> {
  const tensors = tensorsOf(entries);
  try {
    return await work(tensors);
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}
