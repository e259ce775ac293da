/** The naming rule of the golden files: weights follow from their names, so no file stores any. */

const golden = 0x9e3779b9;

/** The 32-bit FNV-1a hash of a text's UTF-8 bytes. */
function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** MurmurHash3's 32-bit finalizer. */
function fmix32(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `count` numbers in [0, 1) that follow from `name`. */
export function unit(name: string, count: number): Float64Array {
  const start = fnv1a32(name);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = (fmix32((start + Math.imul(i, golden)) >>> 0) >>> 8) / 2 ** 24;
  }
  return values;
}

/** `count` numbers in [-1, 1) that follow from `name`. */
export function signed(name: string, count: number): Float64Array {
  return unit(name, count).map((value) => 2 * value - 1);
}

/** The value of the state_dict entry `name` of shape `shape`, row-major: computed in double, rounded to float32.
 * @param gain the file's `gain`.
 * @param prefix the file's `prefix`, put before the name in hashing. */
export function ruleValue(
  name: string,
  shape: readonly number[],
  gain: number,
  prefix: string = '',
): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  if (leaf === 'num_batches_tracked') return new Float32Array(count);
  const values = signed(prefix + name, count);
  const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
  if (leaf === 'running_var') return Float32Array.from(values, (v) => 1 + 0.1 * v);
  if (shape.length >= 2 && fanIn > 1) {
    const scale = gain * Math.sqrt(3 / fanIn);
    return Float32Array.from(values, (v) => scale * v);
  }
  if (leaf === 'weight' || leaf === 'gamma') return Float32Array.from(values, (v) => 1 + 0.1 * v);
  return Float32Array.from(values, (v) => 0.1 * v);
}
