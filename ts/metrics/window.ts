import { type NativeTensor, native } from '../native/index.js';

/** Where a part of a cube begins and ends (exclusive), for bands, rows and columns. */
export type Ranges = readonly [
  bands: readonly [number, number],
  rows: readonly [number, number],
  columns: readonly [number, number],
];

/** A view of a part of a cube `[bands, height, width]`, to be disposed. */
export function windowOf(cube: NativeTensor, ranges: Ranges): NativeTensor {
  return ranges.reduce<NativeTensor>((inside, [start, end], dim) => {
    const [view = inside] = native().view('slice', [inside], { dim, start, end, step: 1 }, false);
    if (inside !== cube) inside.dispose();
    return view;
  }, cube);
}

/** The value at band, row and column. */
export async function valueAt(cube: NativeTensor, place: readonly [number, number, number]): Promise<number> {
  const [band, row, column] = place;
  const view = windowOf(cube, [
    [band, band + 1],
    [row, row + 1],
    [column, column + 1],
  ]);
  const [value] = await native().toTypedArray(view);
  view.dispose();
  return Number(value);
}
