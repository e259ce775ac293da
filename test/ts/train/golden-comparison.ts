import { ruleValue } from '../../../ts/golden/rule.js';
import { entryValues, type TensorEntries, type TensorEntry } from '../../../ts/io/index.js';
import { type NativeTensor, native } from '../../../ts/native/index.js';

/** A golden file as `readSafetensors` gives it. */
export interface GoldenFile {
  tensors: TensorEntries;
  metadata: Record<string, string>;
}

/** One number or tensor of ours held against a golden one. */
export interface Comparison {
  /** Its name in the file, and how it was computed: `output/css float64`. */
  name: string;
  /** max |ours - golden| / max |golden|; NaN where shapes differ. */
  error: number;
  /** The error up to which they agree. */
  tolerance: number;
}

/** Values of a golden tensor, as numbers. */
export function goldenNumbers(golden: GoldenFile, name: string): number[] {
  return Array.from(entryValues(goldenEntry(golden, name)), Number);
}

/** A golden tensor, natively; floating point ones in `dtype` where it is given. */
export function goldenTensor(golden: GoldenFile, name: string, dtype?: 'float32' | 'float64'): NativeTensor {
  const entry = goldenEntry(golden, name);
  const values = entryValues(entry);
  if (dtype === undefined || dtype === entry.dtype) {
    return native().fromTypedArray(values, entry.shape, entry.dtype, 'cpu');
  }
  return numbersTensor(Array.from(values, Number), entry.shape, dtype);
}

/** Numbers as a native tensor. */
export function numbersTensor(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: 'float32' | 'float64',
): NativeTensor {
  const typed = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  return native().fromTypedArray(typed, shape, dtype, 'cpu');
}

function goldenEntry(golden: GoldenFile, name: string): TensorEntry {
  const entry = golden.tensors.get(name);
  if (entry === undefined) {
    throw new Error(`golden file ${golden.metadata.id} has no ${name}`);
  }
  return entry;
}

/** A number of the metadata; `fallback` where it is absent. */
export function metadataNumber(golden: GoldenFile, name: string, fallback: number): number {
  const text = golden.metadata[name];
  return text === undefined ? fallback : Number(text);
}

/** max |a - b| / max |b|, or max |a - b| where b is all zero; NaN where lengths differ or a number is not finite. */
export function relativeError(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.NaN;
  let [worst, largest] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const wanted = b[i] ?? Number.NaN;
    const distance = Math.abs((a[i] ?? Number.NaN) - wanted);
    // Math.max would let a NaN through only if it came last.
    if (!Number.isFinite(distance)) return Number.NaN;
    worst = Math.max(worst, distance);
    largest = Math.max(largest, Math.abs(wanted));
  }
  return largest === 0 ? worst : worst / largest;
}

/** Layers 0..15 of VGG-16 that have weights: torchvision's number, inputs, outputs. */
const layers: readonly (readonly [number, number, number])[] = [
  [0, 3, 64],
  [2, 64, 64],
  [5, 64, 128],
  [7, 128, 128],
  [10, 128, 256],
  [12, 256, 256],
  [14, 256, 256],
];

/** VGG-16's weights by the naming rule, for losses of golden files. */
export function vggByRule(gain: number): Map<string, NativeTensor> {
  const weights = new Map<string, NativeTensor>();
  for (const [number, inputs, outputs] of layers) {
    const shapes = { weight: [outputs, inputs, 3, 3], bias: [outputs] };
    for (const [leaf, shape] of Object.entries(shapes)) {
      const key = `features.${number}.${leaf}`;
      weights.set(key, numbersTensor(ruleValue(key, shape, gain), shape, 'float32'));
    }
  }
  return weights;
}
