import { fromTypedArray } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

const styles = [
  { style: 'matlab', dtype: 'float64', allowed: 1e-9 },
  // One unit in the last place of float32, of the largest value.
  { style: 'pillow', dtype: 'float32', allowed: 1.2e-7 },
] as const;

/** Bicubic resampling as MATLAB and Pillow do it, by factors and by sizes. */
export async function checkImresize(golden: GoldenFile): Promise<Deviation[]> {
  const factors = new Map<string, number>();
  for (const [input, name, scale] of JSON.parse(golden.text('factors') ?? '[]') as [
    string,
    string,
    number,
  ][]) {
    factors.set(`${input}/${name}`, scale);
  }
  const result: Deviation[] = [];
  for (const { style, dtype, allowed } of styles) {
    for (const name of golden.below(`${style}/`)) {
      const [input = ''] = name.split('/');
      const { shape } = golden.entry(`input/${input}`);
      const values = golden.values(`input/${input}`);
      using x = fromTypedArray(dtype === 'float32' ? Float32Array.from(values) : values, shape, dtype);
      const size = golden.entry(`${style}/${name}`).shape as [number, number];
      const scale = factors.get(name);
      using y = await x.imresize({
        style,
        ...(scale === undefined || style === 'pillow' ? { size } : { scale }),
      });
      const error = relativeError(
        Float64Array.from(await y.toTypedArray(), Number),
        golden.values(`${style}/${name}`),
      );
      result.push({ name: `${style}/${name}`, of: 'output', error, allowed });
    }
  }
  return result;
}
