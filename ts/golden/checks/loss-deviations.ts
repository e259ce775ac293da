import type { NativeLoss } from '../../native/index.js';
import { Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

/** What a loss is computed of; its gradient is that for the prediction. */
interface Inputs {
  prediction: Tensor;
  truth?: Tensor;
  rgb?: Tensor;
}

/** A loss and its gradient against `output/<name>` and `grad/<name>`. */
export async function lossDeviations(
  golden: GoldenFile,
  name: string,
  loss: NativeLoss,
  { prediction, truth, rgb }: Inputs,
  allowed: { output: number; gradient: number },
): Promise<Deviation[]> {
  const inputs = {
    prediction: prediction.native,
    ...(truth === undefined ? {} : { truth: truth.native }),
    ...(rgb === undefined ? {} : { rgb: rgb.native }),
  };
  const { total: handle } = await loss.compute(inputs, true);
  using total = new Tensor(handle);
  const value = Array.from(await total.toTypedArray(), Number);
  const error = relativeError(value, golden.values(`output/${name}`));
  await total.backward();
  using grad = prediction.grad;
  const ours =
    grad === null ? new Float32Array(prediction.size) : Array.from(await grad.toTypedArray(), Number);
  const gradError = relativeError(ours, golden.values(`grad/${name}`));
  return [
    { name: `${name} in ${prediction.dtype}`, of: 'output', error, allowed: allowed.output },
    {
      name: `grad/${name} in ${prediction.dtype}`,
      of: 'gradient',
      error: gradError,
      allowed: allowed.gradient,
    },
  ];
}
