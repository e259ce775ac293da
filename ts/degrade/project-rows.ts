import { type CubeValues, nextTurn } from '../data/cube.js';
import type { CubeRows } from './cube-rows.js';
import { type CameraResponse, channels } from './response.js';

/** Products that are summed between two turns of the event loop: some milliseconds. */
const turn = 2 ** 19;

/** Rows of a cube through a response: rgb = table^T y / 255 with y in [0, 1], linear, `[3, end - row, width]`, float32, sums in
 * double.
 * @param response at the cube's bands. */
export async function projectRows(
  cube: CubeRows,
  { table }: CameraResponse,
  row: number,
  end: number,
): Promise<Float32Array<ArrayBuffer>> {
  const { bands, width, fullScale } = cube;
  const plane = (end - row) * width;
  const { values, offset, stride } = await cube.read({ row, height: end - row });
  const rgb = new Float32Array(channels * plane);
  const weights = table.map((value) => value / 255 / fullScale);
  const step = Math.max(1, Math.floor(turn / (bands * channels)));
  const sums = new Float64Array(channels * Math.min(step, plane));
  for (let start = 0; start < plane; start += step) {
    const count = Math.min(step, plane - start);
    sums.fill(0);
    for (let band = 0; band < bands; band++) {
      const at = weights.subarray(band * channels, (band + 1) * channels);
      addBand(sums, values, offset + band * stride + start, count, at);
    }
    for (let channel = 0; channel < channels; channel++) {
      rgb.set(sums.subarray(channel * count, (channel + 1) * count), channel * plane + start);
    }
    await nextTurn();
  }
  return rgb;
}

function addBand(
  sums: Float64Array,
  values: CubeValues,
  from: number,
  count: number,
  weights: Float64Array,
): void {
  const [red = 0, green = 0, blue = 0] = weights;
  for (let i = 0; i < count; i++) {
    const value = values[from + i] ?? 0;
    sums[i] = (sums[i] ?? 0) + red * value;
    sums[count + i] = (sums[count + i] ?? 0) + green * value;
    sums[2 * count + i] = (sums[2 * count + i] ?? 0) + blue * value;
  }
}
