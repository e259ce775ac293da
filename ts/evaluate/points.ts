import type { Picture } from './panels.js';

/** A place in an image. */
export interface Point {
  row: number;
  column: number;
}

/** Picks places of clearly different colours, none of them dark: the brightest first, then each time the candidate farthest in
 * colour from those already chosen. The same picture gives the same places.
 * @param count at most this many. */
export function distinctPoints({ bytes, width, height }: Picture, count = 6): Point[] {
  const grid = 28;
  const candidates: (Point & { colour: [number, number, number] })[] = [];
  for (let i = 0; i < grid * grid; i++) {
    const row = Math.floor(((Math.floor(i / grid) + 0.5) * height) / grid);
    const column = Math.floor(((i % grid) + 0.5) * (width / grid));
    const at = 3 * (row * width + column);
    const colour: [number, number, number] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    if (Math.max(...colour) >= 110) candidates.push({ row, column, colour });
  }
  const chosen: typeof candidates = [];
  const distance = (a: (typeof candidates)[number], b: (typeof candidates)[number]): number =>
    Math.hypot(...a.colour.map((value, k) => value - (b.colour[k] ?? 0)));
  const worth = (candidate: (typeof candidates)[number]): number =>
    chosen.length === 0
      ? candidate.colour[0] + candidate.colour[1] + candidate.colour[2]
      : Math.min(...chosen.map((other) => distance(candidate, other)));
  while (chosen.length < count) {
    let best: { worth: number; candidate: (typeof candidates)[number] } | undefined;
    for (const candidate of candidates) {
      const value = worth(candidate);
      if (value > (best?.worth ?? 0)) best = { worth: value, candidate };
    }
    if (best === undefined) break;
    chosen.push(best.candidate);
  }
  return chosen.map(({ row, column }) => ({ row, column }));
}
