import { fromTypedArray } from '../tensor/index.js';
import type { Model } from './model.js';

/** Side of the image that operations are stated for. */
export const operationsSide = 128;

/** Floating-point operations of the convolutions and matrix products of one forward pass of a 128 x 128 image, two for each
 * multiplication and addition; counted while it runs. Elementwise work, norms and softmax are left out, as is usual. */
export async function countOperations(model: Model): Promise<number> {
  const bands = Number(model.options.inBands ?? 3);
  const shape = [1, bands, operationsSide, operationsSide];
  using x = fromTypedArray(new Float32Array(bands * operationsSide ** 2), shape, 'float32');
  return model.native.countOperations(x.native, false);
}
