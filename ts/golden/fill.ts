import type { NativeModel, NativeTensor } from '../native/index.js';
import { native } from '../native/index.js';
import { entryValues } from '../io/index.js';
import type { GoldenFile } from './golden-file.js';
import { ruleValue } from './rule.js';

/** Weights by the rule, under the network's own names; `param/` entries of the file win, `constructed` ones are left as the
 * constructor made them. A parameter with several names has the value of its first.
 * @param optional keys that the authors' files may lack: those of which the file knows nothing are entries of ours alone (constants
 * of the published code), and keep what the constructor made. */
export async function fillWeights(
  model: NativeModel,
  golden: GoldenFile,
  optional: readonly string[] = [],
): Promise<void> {
  const constructed = new Set(golden.names('constructed'));
  const gain = golden.number('gain', 1);
  const { aliases } = model;
  const values = new Map<string, NativeTensor>();
  for (const [key, tensor] of model.state()) {
    const { shape } = tensor;
    tensor.dispose();
    const stored = golden.tensors.get(`param/${key}`);
    if (constructed.has(key) || key in aliases) continue;
    if (stored === undefined && optional.includes(key) && !golden.has(`gradstat/${key}`)) continue;
    const data =
      stored === undefined ? ruleValue(key, shape, gain, golden.text('prefix')) : entryValues(stored);
    values.set(key, native().fromTypedArray(data, shape, stored?.dtype ?? 'float32', 'cpu'));
  }
  await model.load(values);
  for (const tensor of values.values()) tensor.dispose();
}
