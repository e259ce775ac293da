import { allocateValues, type CubeDType, type CubeValues, nextTurn } from './cube.js';
import type { AxisOrder } from './formats/format.js';

/** Distance, in values, between neighbours along each axis of a stored array. */
export interface CubeStrides {
  bands: number;
  rows: number;
  columns: number;
}

/** Sizes and strides of the three axes of a stored array, told by their order.
 * @param shape sizes in the order of the file's own indices.
 * @param layout `fortran`: the first index runs fastest (MATLAB); `c`: the last one does. */
export function axesOf(
  shape: readonly [number, number, number],
  order: AxisOrder,
  layout: 'fortran' | 'c',
): { bands: number; height: number; width: number; strides: CubeStrides } {
  const [first, second, third] = shape;
  const steps = layout === 'fortran' ? [1, first, first * second] : [second * third, third, 1];
  const at = (axis: 'b' | 'h' | 'w') => ({
    size: shape[order.indexOf(axis)] ?? 0,
    stride: steps[order.indexOf(axis)] ?? 0,
  });
  const [b, h, w] = [at('b'), at('h'), at('w')];
  const strides = { bands: b.stride, rows: h.stride, columns: w.stride };
  return { bands: b.size, height: h.size, width: w.size, strides };
}

/** Side of the square that is copied at a time: both sides of the transposition stay in the cache. */
const tile = 32;

function copyBand(
  source: ArrayLike<number>,
  start: number,
  { rows, columns }: CubeStrides,
  target: CubeValues,
  offset: number,
  height: number,
  width: number,
): void {
  for (let top = 0; top < height; top += tile) {
    const bottom = Math.min(top + tile, height);
    for (let left = 0; left < width; left += tile) {
      const right = Math.min(left + tile, width);
      for (let row = top; row < bottom; row++) {
        let from = start + row * rows + left * columns;
        const line = offset + row * width;
        for (let column = left; column < right; column++, from += columns) {
          target[line + column] = source[from] as number;
        }
      }
    }
  }
}

/** Copies stored values into band-major order, `[bands, height, width]`, turning the event loop after each band. */
export async function toBandMajor(
  source: ArrayLike<number>,
  sizes: { bands: number; height: number; width: number; strides: CubeStrides },
  dtype: CubeDType,
): Promise<CubeValues> {
  const { bands, height, width, strides } = sizes;
  const plane = height * width;
  const target = allocateValues(dtype, bands * plane);
  for (let band = 0; band < bands; band++) {
    copyBand(source, band * strides.bands, strides, target, band * plane, height, width);
    await nextTurn();
  }
  return target;
}
