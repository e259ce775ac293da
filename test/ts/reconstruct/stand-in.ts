import { native } from '../../../ts/native/index.js';
import type { NativeImageMapping, NativeTensor } from '../../../ts/native/types.js';
import type { SourceImage } from '../../../ts/reconstruct/network.js';
import { tensorPixels } from '../../../ts/reconstruct/pixels.js';

export { standIn } from '../../../ts/golden/checks/tiling-stand-in.js';

/** Values as they are. */
export const plainMapping: NativeImageMapping = {
  scale: 1,
  srgb: false,
  matrix: [],
  clampNegative: false,
  offset: 0,
  gain: 1,
  device: 'cpu',
};

/** A source image over values in [0, 1], `[3, height, width]`. */
export function sourceOf(values: Float32Array, height: number, width: number): SourceImage {
  const pixels = tensorPixels(native().fromTypedArray(values, [3, height, width], 'float32', 'cpu'));
  return { pixels, height, width, mapping: plainMapping };
}

/** All values of a tensor, which is disposed. */
export async function valuesOf(tensor: NativeTensor): Promise<Float32Array> {
  const values = (await native().toTypedArray(tensor)) as Float32Array;
  tensor.dispose();
  return values;
}
