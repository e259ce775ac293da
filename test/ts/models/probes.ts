import { type Model, createModel } from '../../../ts/models/index.js';
import { signed, unit } from '../../../ts/golden/rule.js';
import type { OptionValue } from '../../../ts/native/types.js';
import { fromTypedArray, noGrad, type Tensor } from '../../../ts/tensor/index.js';

/** An image in [0, 1) that follows from its name. */
export function image(shape: readonly number[], name = 'image'): Tensor<'float32'> {
  const count = shape.reduce((product, size) => product * size, 1);
  return fromTypedArray(Float32Array.from(unit(name, count)), shape, 'float32');
}

/** The network at its defaults, with weights that are not zero anywhere and follow from a name. */
export async function filledModel(
  id: string,
  options: Readonly<Record<string, OptionValue>> = {},
  name = 'weight',
): Promise<Model> {
  const model = createModel(id, options, { seed: 3 });
  const { aliases } = model.native;
  const own = [...model.state()].filter(([key]) => !(key in aliases));
  const values = new Map(
    own.map(([key, tensor]) => {
      const noise = signed(`${name} ${key}`, tensor.size);
      const scale = tensor.rank >= 2 ? 0.5 / Math.sqrt(tensor.size / (tensor.shape[0] ?? 1)) : 0.1;
      const centre = tensor.rank < 2 && /(weight|running_var)$/.test(key) ? 1 : 0;
      const data = Float32Array.from(noise, (value) => centre + scale * value);
      return [key, fromTypedArray(data, tensor.shape, 'float32').native];
    }),
  );
  await model.native.load(values);
  return model;
}

/** The result of inference. */
export async function inferred(model: Model, x: Tensor): Promise<Float32Array> {
  return (await noGrad(() => model.forward(x))).toTypedArray();
}

/** max |a - b| / max |b| */
export function difference(a: Float32Array, b: Float32Array): number {
  let [most, largest] = [a.length === b.length ? 0 : Infinity, 0];
  b.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - (a[i] ?? Number.NaN)) || 0);
    largest = Math.max(largest, Math.abs(value));
  });
  return most / largest;
}
