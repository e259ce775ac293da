import { native } from '../native/index.js';
import type { NativeTensor } from '../native/types.js';
import type { SourceImage, TileFunction } from './network.js';
import { type AxisPlan, planAxis, type Strip, stripsOf } from './tile-plan.js';

/** How an image is cut and put together again. */
export interface BlendSettings {
  /** Side of a tile in pixels. */
  tile: number;
  /** Pixels that neighbouring tiles share at least; below `tile`. */
  overlap: number;
  /** Tiles in one pass of the network. */
  batch: number;
  /** How many times larger the network's answer is than a tile. Default 1. */
  scale?: number;
  /** Finished lines come as rows (top to bottom) or columns (left to right), whichever the container stores in one piece. */
  lines: 'rows' | 'columns';
  signal?: AbortSignal | undefined;
}

/** Finished lines of the cube. */
export interface FinishedLines {
  /** First row or column. */
  start: number;
  count: number;
  /** `[bands, count, across]`: across is the width for rows and the height for columns. To be disposed by the taker. */
  values: NativeTensor;
}

/** Tiles of the whole image. */
export function countTiles(image: SourceImage, { tile, overlap }: BlendSettings): number {
  return (
    planAxis(image.height, tile, overlap).starts.length * planAxis(image.width, tile, overlap).starts.length
  );
}

/** Reconstructs an image tile by tile, lines counted as those of the answer. Only one strip of tiles is in memory: as soon as no later tile reaches a line, the line is
 * handed out. Where tiles overlap, each counts with a weight that falls smoothly to its border, and the weights of all tiles
 * add up to 1 everywhere.
 * @param onTiles is told how many tiles have just been done. */
export async function* blendedLines(
  image: SourceImage,
  network: TileFunction,
  settings: BlendSettings,
  onTiles: (count: number) => void = () => {},
): AsyncGenerator<FinishedLines> {
  const { tile, overlap, lines, scale = 1 } = settings;
  const [along, across] = lines === 'rows' ? [image.height, image.width] : [image.width, image.height];
  const major = planAxis(along, tile, overlap, scale);
  const minor = planAxis(across, tile, overlap, scale);
  const open: OpenStrip = {
    tile: major.length,
    lines: major.length * scale,
    across: across * scale,
    minor,
    strip: undefined,
  };
  try {
    for (const step of stripsOf(major, along)) {
      const strip = await addTiles(image, network, settings, open, { ...step, line: 0 }, onTiles);
      const count = step.finished * scale;
      const values = await native().takeLines(strip, count);
      yield { start: step.start * scale, count, values };
    }
  } finally {
    open.strip?.dispose();
  }
}

/** The same into one cube in memory.
 * @returns `[bands, scale * height, scale * width]`, float32, to be disposed. */
export async function blendedCube(
  image: SourceImage,
  network: TileFunction,
  settings: Omit<BlendSettings, 'lines'>,
  onTiles: (count: number) => void = () => {},
): Promise<NativeTensor> {
  const { tile, overlap, scale = 1 } = settings;
  const major = planAxis(image.height, tile, overlap, scale);
  const minor = planAxis(image.width, tile, overlap, scale);
  const open: OpenStrip = {
    tile: major.length,
    lines: image.height * scale,
    across: image.width * scale,
    minor,
    strip: undefined,
  };
  try {
    for (const step of stripsOf(major, image.height)) {
      const placed = { ...step, line: step.start * scale };
      await addTiles(image, network, { ...settings, lines: 'rows' }, open, placed, onTiles);
    }
    if (open.strip === undefined) throw new RangeError('an axis always has a tile');
    return open.strip;
  } catch (error) {
    open.strip?.dispose();
    throw error;
  }
}

interface OpenStrip {
  /** Lines of a tile, before the network. */
  tile: number;
  /** Lines of the strip, and how long each is, behind it. */
  lines: number;
  across: number;
  minor: AxisPlan;
  /** Undefined before the first tile: only the network's answer tells the number of bands. */
  strip: NativeTensor | undefined;
}

/** Runs the tiles of one step, batch by batch, and adds them to the strip, whose line `step.line` is their first. */
async function addTiles(
  image: SourceImage,
  network: TileFunction,
  { batch, lines, signal }: BlendSettings,
  open: OpenStrip,
  step: Strip & { line: number },
  onTiles: (count: number) => void,
): Promise<NativeTensor> {
  const { minor } = open;
  const turned = lines === 'columns';
  const [height, width] = turned ? [minor.length, open.tile] : [open.tile, minor.length];
  for (let first = 0; first < minor.starts.length; first += batch) {
    signal?.throwIfAborted();
    const starts = minor.starts.slice(first, first + batch);
    const alongWeights = starts.flatMap(() => [...step.weights]);
    const acrossWeights = minor.weights.slice(first, first + batch).flatMap((weights) => [...weights]);
    const [rowWeights, columnWeights] = turned
      ? [acrossWeights, alongWeights]
      : [alongWeights, acrossWeights];
    const cornersAt = (line: number, scale: number): number[] =>
      starts.flatMap((start) => (turned ? [start * scale, line] : [line, start * scale]));
    const from = cornersAt(step.start, 1);
    const tiles = await image.pixels.cut(from, height, width, image.mapping);
    const answer = await network(tiles).finally(() => tiles.dispose());
    try {
      open.strip ??= native().newStrip(answer.shape[1] ?? 0, open.lines, open.across);
      const to = cornersAt(step.line, minor.scale);
      await native().blendTiles(open.strip, answer, to, rowWeights, columnWeights, turned);
    } finally {
      answer.dispose();
    }
    onTiles(starts.length);
  }
  if (open.strip === undefined) throw new RangeError('an axis always has a tile');
  return open.strip;
}
