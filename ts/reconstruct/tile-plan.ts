/** Where tiles lie along one axis, and how much each counts at each pixel of its answer. */
export interface AxisPlan {
  /** First pixel of each tile, ascending. */
  starts: number[];
  /** Length of every tile; the axis itself when that is shorter. */
  length: number;
  /** Pixels of the answer for each pixel of a tile. */
  scale: number;
  /** For each tile, its weight at each pixel of its answer; at every pixel the weights of all tiles add up to 1. */
  weights: Float64Array[];
}

/** A window that rises over `ramp` pixels as a half wave of a cosine, stays at 1, and falls in the same way; never 0. */
function windowOf(length: number, ramp: number): Float64Array {
  const rise = (distance: number): number =>
    distance >= ramp ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * (distance + 0.5)) / ramp);
  return Float64Array.from({ length }, (_, index) => rise(Math.min(index, length - 1 - index)));
}

/** Plans tiles of `tile` pixels over an axis of `size`, neighbours sharing at least `overlap` pixels: as few as that
 * takes, evenly spread, the first and last flush with the borders. `overlap` is below `tile`.
 * @param scale how many times longer the answer of a network is than its tile. */
export function planAxis(size: number, tile: number, overlap: number, scale = 1): AxisPlan {
  if (size <= tile) {
    return { starts: [0], length: size, scale, weights: [new Float64Array(size * scale).fill(1)] };
  }
  const count = Math.ceil((size - overlap) / (tile - overlap));
  const starts = Array.from({ length: count }, (_, index) =>
    Math.round((index * (size - tile)) / (count - 1)),
  );
  const window = windowOf(tile * scale, overlap * scale);
  const sums = new Float64Array(size * scale);
  for (const start of starts) {
    for (let index = 0; index < tile * scale; index++) {
      sums[start * scale + index] = (sums[start * scale + index] ?? 0) + (window[index] ?? 0);
    }
  }
  const weights = starts.map((start) =>
    window.map((value, index) => value / (sums[start * scale + index] ?? 1)),
  );
  return { starts, length: tile, scale, weights };
}

/** One step of a pass over an image: tiles that lie side by side across the strip, then how many lines are final. */
export interface Strip {
  /** First line of the strip along the major axis. */
  start: number;
  /** Lines that no later strip touches, counted from `start`. */
  finished: number;
  weights: Float64Array;
}

/** The strips of a major axis, in order. */
export function stripsOf(plan: AxisPlan, size: number): Strip[] {
  return plan.starts.map((start, index) => ({
    start,
    finished: (plan.starts[index + 1] ?? size) - start,
    weights: plan.weights[index] ?? new Float64Array(0),
  }));
}
