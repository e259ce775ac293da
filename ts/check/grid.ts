/** Cubes and pictures of any size are compared on a grid of blocks of this side. */
export const gridSide = 48;
/** Blocks of the whole grid. */
export const gridBlocks = gridSide * gridSide;

/** The block that each row (or column) of a size falls into. */
export function blockOf(size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, place) => Math.floor((place * gridSide) / size));
}

/** Pearson's correlation; 0 where one side is constant. */
export function correlate(a: ArrayLike<number>, b: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let [sum, sumA, sumB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight;
    sumA += weight * (a[i] ?? 0);
    sumB += weight * (b[i] ?? 0);
  }
  const [meanA, meanB] = [sumA / sum, sumB / sum];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const weight = weights?.[i] ?? 1;
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    ab += weight * x * y;
    aa += weight * x * x;
    bb += weight * y * y;
  }
  return aa > 1e-12 * sum && bb > 1e-12 * sum ? ab / Math.sqrt(aa * bb) : 0;
}

/** What is left of a plane without its coarse light and dark: each value less the mean of the square around it. */
export function highPass(
  plane: ArrayLike<number>,
  height: number,
  width: number,
  radius: number,
): Float32Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let row = 0; row < height; row++) {
    let line = 0;
    for (let column = 0; column < width; column++) {
      line += plane[row * width + column] ?? 0;
      sums[(row + 1) * (width + 1) + column + 1] = (sums[row * (width + 1) + column + 1] ?? 0) + line;
    }
  }
  const at = (row: number, column: number): number => sums[row * (width + 1) + column] ?? 0;
  const result = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = [Math.max(0, row - radius), Math.min(height, row + radius + 1)];
    for (let column = 0; column < width; column++) {
      const [left, right] = [Math.max(0, column - radius), Math.min(width, column + radius + 1)];
      const sum = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
      result[row * width + column] =
        (plane[row * width + column] ?? 0) - sum / ((bottom - top) * (right - left));
    }
  }
  return result;
}

/** Light as the eye sees differences of it: its root, so that highlights do not decide alone. */
export function rooted(plane: ArrayLike<number>): Float32Array {
  const roots = new Float32Array(plane.length);
  for (let i = 0; i < roots.length; i++) roots[i] = Math.sqrt(Math.max(0, plane[i] ?? 0));
  return roots;
}

/** The grid turned: transposed, then rows and columns reversed as asked. */
export function turnGrid(
  grid: ArrayLike<number>,
  { transpose, rows, columns }: { transpose: boolean; rows: boolean; columns: boolean },
): Float32Array {
  const last = gridSide - 1;
  return Float32Array.from({ length: gridBlocks }, (_, i) => {
    const [row, column] = [Math.floor(i / gridSide), i % gridSide];
    const [y, x] = [rows ? last - row : row, columns ? last - column : column];
    return grid[transpose ? x * gridSide + y : y * gridSide + x] ?? 0;
  });
}
