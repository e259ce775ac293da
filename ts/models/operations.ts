import { fromTypedArray } from '../tensor/index.js';
import type { Model } from './model.js';

/** Side of the image that operations are stated for. */
export const operationsSide = 128;

/** Side of the low-resolution cube that operations of spatial networks are stated for. */
export const operationsSpatialSide = 32;

/** Floating-point operations of the convolutions and matrix products of one forward pass of a 128 x 128 image, or of a
 * low-resolution cube of 32 x 32 (31 bands where the network takes any number), two for each multiplication and addition; counted
 * while it runs. Elementwise work, norms and softmax are left out, as is usual. */
export async function countOperations(model: Model): Promise<number> {
  const spatial = model.facts.task === 'spatial';
  const bands = Number(model.options.inBands ?? model.options.bands ?? (spatial ? 31 : 3));
  const side = spatial ? operationsSpatialSide : operationsSide;
  using x = fromTypedArray(new Float32Array(bands * side ** 2), [1, bands, side, side], 'float32');
  return model.native.countOperations(x.native, false);
}
