import type { CubeInfo, CubeValues } from '../data/index.js';
import { type NativeTensor, native } from '../native/index.js';

/** Values as stored, scaled to [0, 1]: float32, but float64 that needs no scaling keeps its precision. To be disposed. */
export async function scaledTensor(
  values: CubeValues,
  shape: number[],
  { dtype, fullScale }: Pick<CubeInfo, 'dtype' | 'fullScale'>,
): Promise<NativeTensor> {
  const stored = native().fromTypedArray(values, shape, dtype, 'cpu');
  if (fullScale === 1 && (dtype === 'float64' || dtype === 'float32')) return stored;
  return native()
    .scaledValues(stored, fullScale)
    .finally(() => stored.dispose());
}

/** The value that says "nothing was measured here", as scaled values have it. */
export async function ignoredIn({
  ignoreValue,
  dtype,
  fullScale,
}: Pick<CubeInfo, 'ignoreValue' | 'dtype' | 'fullScale'>): Promise<number | undefined> {
  if (ignoreValue === undefined || !Number.isFinite(ignoreValue)) return undefined;
  // Through the same arithmetic as the values, so that it is equal to theirs.
  const wide = dtype === 'float64';
  const one = wide ? Float64Array.of(ignoreValue) : Float32Array.of(ignoreValue);
  const tensor = await scaledTensor(one, [1], { dtype: wide ? 'float64' : 'float32', fullScale });
  const [value] = await native().toTypedArray(tensor);
  tensor.dispose();
  return Number(value);
}
