import { availableParallelism } from 'node:os';
import { allocateValues, bytesPerValue, type CubeValues, nextTurn } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import type { Hdf5Cube } from './hdf5-work.js';

/** From here on a second thread is worth its start. */
const fewestBytes = 1 << 22;
/** Values copied between two turns of the event loop. */
const piece = 1 << 20;

/** A range in two parts that meet where chunks end; null where they do not end within. */
function middle(start: number, count: number, unit: number): number | null {
  const at = Math.round((start + count / 2) / unit) * unit;
  return at > start && at < start + count ? at - start : null;
}

/** A window of a compressed cube as two that have no chunk in common, to be unpacked by two threads; as one where that does not
 * pay. Bands are parted rather than rows, and rows rather than columns: their values follow each other. */
export function halvesOf(cube: Hdf5Cube, window: WholeWindow): readonly WholeWindow[] {
  const { chunks, axes, folded, dtype } = cube;
  const bytes = window.bands.length * window.height * window.width * bytesPerValue(dtype);
  if (chunks === null || folded || bytes < fewestBytes || availableParallelism() < 2) return [window];
  const unit = (axis: 'b' | 'h' | 'w') => chunks[axes.indexOf(axis)] ?? 1;
  const [first = 0] = window.bands;
  const follow = window.bands.every((band, i) => band === first + i);
  const band = follow ? middle(first, window.bands.length, unit('b')) : null;
  if (band !== null) {
    return [
      { ...window, bands: window.bands.slice(0, band) },
      { ...window, bands: window.bands.slice(band) },
    ];
  }
  const row = middle(window.row, window.height, unit('h'));
  if (row !== null) {
    return [
      { ...window, height: row },
      { ...window, row: window.row + row, height: window.height - row },
    ];
  }
  const column = middle(window.column, window.width, unit('w'));
  if (column === null) return [window];
  return [
    { ...window, width: column },
    { ...window, column: window.column + column, width: window.width - column },
  ];
}

/** The values of a window from those of its halves. */
export async function joinedHalves(
  { dtype }: Hdf5Cube,
  window: WholeWindow,
  halves: readonly WholeWindow[],
  values: readonly CubeValues[],
): Promise<CubeValues> {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  const joined = allocateValues(dtype, window.bands.length * window.height * window.width);
  let start = 0;
  for (const [i, part] of values.entries()) {
    const { bands, height, width } = halves[i] ?? window;
    // Halves of bands are one run of values, halves of rows a run a band, halves of columns a run a row.
    const whole = [part.length, window.bands.length * window.height * window.width] as const;
    const rows = [height * width, window.height * window.width] as const;
    const parted = bands.length < window.bands.length ? whole : height < window.height ? rows : null;
    const [run, step] = parted ?? [width, window.width];
    for (let from = 0, to = start, since = 0; from < part.length; from += run, to += step) {
      for (let at = 0; at < run; at += piece) {
        const count = Math.min(piece, run - at);
        joined.set(part.subarray(from + at, from + at + count), to + at);
        since += count;
        if (since < piece) continue;
        since = 0;
        await nextTurn();
      }
    }
    start += run;
  }
  return joined;
}
