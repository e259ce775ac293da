import type { CubeValues } from '../cube.js';
import type { WholeWindow } from './format.js';
import type { StoredNumbers } from './stored-types.js';

/** Side of the square that is copied at a time: both sides of the transposition stay in the cache. */
const tile = 32;

/** Where the values of a block belong: distances within the block, and the part of the window it fills. */
export interface Placement {
  from: { bands: number; rows: number; columns: number };
  /** First value within the block: what was read may be more than what was asked for. */
  origin: number;
  band: number;
  row: number;
  column: number;
  bands: number;
  height: number;
  width: number;
}

function copyTile(
  source: StoredNumbers,
  start: number,
  { rows, columns }: { rows: number; columns: number },
  target: CubeValues,
  at: number,
  targetWidth: number,
  height: number,
  width: number,
): void {
  for (let row = 0; row < height; row++) {
    let from = start + row * rows;
    const line = at + row * targetWidth;
    for (let column = 0; column < width; column++, from += columns)
      target[line + column] = source[from] as number;
  }
}

/** Puts a decoded block into a window's values, square by square. */
export function placeBlock(
  source: StoredNumbers,
  target: CubeValues,
  window: WholeWindow,
  p: Placement,
): void {
  const plane = window.height * window.width;
  const targets: [band: number, place: number][] = [];
  window.bands.forEach((band, index) => {
    if (band >= p.band && band < p.band + p.bands) targets.push([band - p.band, index]);
  });
  for (let top = 0; top < p.height; top += tile) {
    const height = Math.min(tile, p.height - top);
    for (let left = 0; left < p.width; left += tile) {
      const width = Math.min(tile, p.width - left);
      const from = p.origin + top * p.from.rows + left * p.from.columns;
      const to = (p.row + top) * window.width + p.column + left;
      for (const [band, index] of targets) {
        copyTile(
          source,
          from + band * p.from.bands,
          p.from,
          target,
          index * plane + to,
          window.width,
          height,
          width,
        );
      }
    }
  }
}
