import { type CubeValues, dtypeOf } from '../cube.js';
import { type CopyAxis, copyAxes, wholeAxis } from './copy-axes.js';
import type { WholeWindow } from './format.js';
import { type StoredNumbers, valuesOf } from './stored-types.js';

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

/** Puts a decoded block into a window's values. */
export function placeBlock(
  source: StoredNumbers,
  target: CubeValues,
  window: WholeWindow,
  p: Placement,
): void {
  if (p.height <= 0 || p.width <= 0) return;
  const plane = window.height * window.width;
  const wanted = window.bands.flatMap((band, place) =>
    band >= p.band && band < p.band + p.bands ? [{ band: band - p.band, place }] : [],
  );
  const bands: CopyAxis = {
    isColumns: false,
    stride: p.from.bands,
    from: Float64Array.from(wanted, ({ band }) => band * p.from.bands),
    to: Float64Array.from(wanted, ({ place }) => place * plane),
  };
  const rows = { ...wholeAxis(p.height, p.from.rows, window.width), isColumns: false };
  const columns = wholeAxis(p.width, p.from.columns, 1);
  const values = valuesOf(source, dtypeOf(target)).subarray(p.origin);
  const place = target.subarray(p.row * window.width + p.column);
  // What lies nearer together in the block is the inner of the two.
  if (p.from.bands < p.from.rows) copyAxes(values, [rows, bands, columns], place);
  else copyAxes(values, [bands, rows, columns], place);
}
