import { DataError } from '../errors.js';
import { type DType, fromTypedArray, type Tensor } from '../tensor/index.js';

/** A cube with `count` mirrored bands more at each end, the edge repeated (b1 b0 | b0 b1 ...): a network that gives fewer bands than it
 * takes then gives all of them.
 * @param cube `[bands, height, width]` of at least `count` bands.
 * @throws {DataError} `DATA_BANDS`. */
export async function mirrorBands<D extends DType>(cube: Tensor<D>, count: number): Promise<Tensor<D>> {
  const [bands = 0] = cube.shape;
  if (!(Number.isInteger(count) && count >= 0 && count <= bands)) {
    throw new DataError('DATA_BANDS', `${count} bands cannot be mirrored at each end of a cube of ${bands}`);
  }
  const places = Array.from({ length: bands + 2 * count }, (_, i) => {
    const band = i - count;
    if (band < 0) return -1 - band;
    return band < bands ? band : 2 * bands - 1 - band;
  });
  using indices = fromTypedArray(Int32Array.from(places), [places.length], { device: cube.device });
  return cube.indexSelect(0, indices);
}
