import { DataError } from '../errors.js';
import { type CubeValues, nextTurn } from './cube.js';

/** Values looked at between two turns of the event loop. */
const chunk = 1 << 20;

/** Refuses NaN and infinity, which would spread through a loss or a score.
 * @throws {DataError} `DATA_NOT_FINITE`, naming the scene, the first band, row and column, and how many there are. */
export async function checkFinite(scene: {
  name: string;
  data: CubeValues;
  height: number;
  width: number;
  /** Where the values are rows of a larger scene: the first of them. */
  firstRow?: number;
}): Promise<void> {
  const { data, height, width, name, firstRow = 0 } = scene;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
  let first = -1;
  let count = 0;
  for (let start = 0; start < data.length; start += chunk) {
    const end = Math.min(start + chunk, data.length);
    for (let i = start; i < end; i++) {
      if (Number.isFinite(data[i])) continue;
      if (first < 0) first = i;
      count++;
    }
    if (end < data.length) await nextTurn();
  }
  if (first < 0) return;
  const plane = height * width;
  const band = Math.floor(first / plane);
  const row = firstRow + Math.floor((first % plane) / width);
  throw new DataError(
    'DATA_NOT_FINITE',
    `${name}: ${data[first]} at band ${band}, row ${row}, column ${first % width} (counted from 0)` +
      `${count > 1 ? `, and ${count - 1} more values that are NaN or infinite` : ''}; ` +
      'every value must be finite: repair or mask the file first',
  );
}
