/** A rectangle of a tile and where it goes: rows of eight integers, as the native `placeTiles` takes them. */
export interface Placement {
  tile: number;
  targetRow: number;
  targetColumn: number;
  sourceRow: number;
  sourceColumn: number;
  height: number;
  width: number;
  /** Averaged with what is there, or written over it. */
  average: boolean;
}

export interface PublishedPass {
  /** Row and column of each tile, in the order of the script. */
  corners: { row: number; column: number }[];
  placements: Placement[];
}

interface Side {
  /** First pixel of the tile on this axis. */
  start: number;
  /** Leading part that is averaged with what is there (0: none). */
  averaged: number;
  /** The whole tile is written, as the inner tiles are. */
  inner: boolean;
}

/** Inner tiles of one axis, then the one flush with the border. `size mod stride` = 0 makes that last one rewrite the same
 * values: the Python slice `[-0:]` is everything, so all of it is written and nothing is averaged. */
function sides(size: number, tile: number, stride: number): { inner: Side[]; last: Side } {
  const inner: Side[] = [];
  for (let start = 0; start + tile <= size; start += stride) inner.push({ start, averaged: 0, inner: true });
  const rest = size % stride;
  return { inner, last: { start: size - tile, averaged: rest === 0 ? 0 : tile - rest, inner: false } };
}

/** One pass of the UnSSR scripts over an image (utilsfold/utils.py, `reconstruction_patch_image_gpu`): tiles row by row, each
 * written over what is there; the last column, the last row and the corner flush with the border, averaged with what is there
 * but for the part that nobody has written. */
export function planPublishedPass(
  height: number,
  width: number,
  tile: number,
  stride: number,
): PublishedPass {
  const rows = sides(height, tile, stride);
  const columns = sides(width, tile, stride);
  const pass: PublishedPass = { corners: [], placements: [] };
  const put = (row: Side, column: Side): void => {
    const index = pass.corners.push({ row: row.start, column: column.start }) - 1;
    const part = (
      fromRow: number,
      toRow: number,
      fromColumn: number,
      toColumn: number,
      average: boolean,
    ): void => {
      if (toRow === fromRow || toColumn === fromColumn) return;
      pass.placements.push({
        tile: index,
        targetRow: row.start + fromRow,
        targetColumn: column.start + fromColumn,
        sourceRow: fromRow,
        sourceColumn: fromColumn,
        height: toRow - fromRow,
        width: toColumn - fromColumn,
        average,
      });
    };
    // Above the bottom rest everything is averaged over the full width; beside it, up to the right rest.
    part(0, row.averaged, 0, tile, true);
    part(row.averaged, tile, 0, column.averaged, true);
    part(row.averaged, tile, column.averaged, tile, false);
  };
  for (const row of rows.inner) for (const column of columns.inner) put(row, column);
  for (const row of rows.inner) put(row, columns.last);
  for (const column of columns.inner) put(rows.last, column);
  put(rows.last, columns.last);
  return pass;
}
