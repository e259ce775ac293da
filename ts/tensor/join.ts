import type { DType } from './dtype.js';
import { computeOne, type Operand } from './execute.js';
import { Tensor } from './tensor.js';

async function joined<D extends DType>(
  op: string,
  inputs: readonly Operand[],
  parameters: Record<string, number | string> = {},
): Promise<Tensor<D>> {
  return new Tensor<D>(await computeOne(op, inputs, parameters));
}

/** Tensors one after the other along `dim`; their other sizes are equal. `TENSOR_SHAPE` otherwise, `TENSOR_PARAMETER` for none. */
export function cat<D extends DType>(tensors: readonly Tensor<D>[], dim = 0): Promise<Tensor<D>> {
  return joined('cat', tensors, { dim });
}

/** Tensors of one shape along a new dimension before `dim`. */
export function stack<D extends DType>(tensors: readonly Tensor<D>[], dim = 0): Promise<Tensor<D>> {
  return joined('stack', tensors, { dim });
}

/** `yes` where `condition` is true, `no` elsewhere; the shapes broadcast.
 * @example const positive = await where(await x.gt(0), x, 0); */
export function where<D extends DType>(
  condition: Tensor<'bool'>,
  yes: Tensor<D>,
  no: Tensor<D> | number,
): Promise<Tensor<D>> {
  return joined('where', [condition, yes, no]);
}

/** Products summed over the indices that the result does not name.
 * @example const rgb = await einsum('bhw,bc->chw', [cube, response]); // [bands, h, w] x [bands, 3] -> [3, h, w] */
export function einsum<D extends DType>(equation: string, tensors: readonly Tensor<D>[]): Promise<Tensor<D>> {
  return joined('einsum', tensors, { equation });
}
