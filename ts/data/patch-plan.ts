import { ConfigError, DataError } from '../errors.js';
import { Random } from './random.js';

/** The part of a scene that patches are taken from. */
export interface PatchArea {
  /** Row of the plan: the scene's number in the store. Default: position in the list. */
  scene?: number;
  name?: string;
  height: number;
  width: number;
  /** Corner of the area in the scene. Default 0, 0. */
  row?: number;
  column?: number;
}

/** Which flips and turns a patch may get: none, the two flips, or the flips and quarter turns (the eight positions of a
 * square, each twice). */
export type Augmentation = 'none' | 'flips' | 'all';

/** One epoch of training. */
export interface EpochOptions {
  scenes: readonly PatchArea[];
  /** Side of a patch, pixels. */
  patch: number;
  /** Distance of patches on the grid, pixels; every position of the grid comes once an epoch. */
  stride?: number;
  /** Instead of a grid: this many patches at random places, scenes in turn. */
  samplesPerEpoch?: number;
  batch: number;
  augment?: Augmentation;
  seed: number;
  /** Number of the epoch, from 0: each has its own order. */
  epoch: number;
  /** Leave out the samples that do not fill a batch. Default true; otherwise the last batch is short. */
  dropLast?: boolean;
}

/** Numbers of a plan's row: scene, row, column, augmentation. */
export const planColumns = 4;

const orderStream = 1;
const placeStream = 2;
const heldBackStream = 3;

const augmentations: Record<Augmentation, readonly number[]> = {
  none: [0],
  // Bits 0-1 quarter turns, bit 2 horizontal flip, bit 3 vertical flip.
  flips: [0, 4, 8, 12],
  all: Array.from({ length: 16 }, (_, bits) => bits),
};

function checkArea(area: PatchArea, index: number, patch: number): void {
  if (area.height < patch || area.width < patch) {
    throw new DataError(
      'DATA_PATCH_TOO_LARGE',
      `${area.name ?? `scene ${index}`}: ${area.height}x${area.width} pixels cannot hold a patch of ${patch}x${patch}`,
    );
  }
}

function checkCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new ConfigError('CONFIG_VALUE', `'${name}' is ${value}; a whole number of at least 1 was expected`);
  }
}

/** Every patch position of a grid: scenes in order, rows and columns at multiples of the stride as far as whole patches
 * fit, [scene, row, column, 0] each. */
export function patchGrid(scenes: readonly PatchArea[], patch: number, stride: number): Int32Array {
  checkCount('patch', patch);
  checkCount('stride', stride);
  const rows: number[] = [];
  scenes.forEach((area, index) => {
    checkArea(area, index, patch);
    const { scene = index, row = 0, column = 0, height, width } = area;
    for (let y = 0; y + patch <= height; y += stride) {
      for (let x = 0; x + patch <= width; x += stride) rows.push(scene, row + y, column + x, 0);
    }
  });
  return Int32Array.from(rows);
}

/** `count` patches at random places: the scenes in turn, each as often as the others. */
function randomPlaces(
  scenes: readonly PatchArea[],
  patch: number,
  count: number,
  random: Random,
): Int32Array {
  checkCount('patch', patch);
  scenes.forEach((area, index) => {
    checkArea(area, index, patch);
  });
  const plan = new Int32Array(count * planColumns);
  for (let i = 0; i < count; i++) {
    const index = i % scenes.length;
    const { scene = index, row = 0, column = 0, height = 0, width = 0 } = scenes[index] ?? {};
    const y = row + random.below(height - patch + 1);
    const x = column + random.below(width - patch + 1);
    plan.set([scene, y, x, 0], i * planColumns);
  }
  return plan;
}

/** Samples of one epoch, in order, batch after batch: rows of (scene, row, column, augmentation), one a sample. The same
 * options give the same plan. Every sample of the grid comes once (with `dropLast`, but for those that fill no batch:
 * other ones each epoch).
 * @throws {ConfigError} `CONFIG_VALUE`. @throws {DataError} `DATA_PATCH_TOO_LARGE`, `DATA_PLAN_EMPTY`. */
export function epochPlan(options: EpochOptions): Int32Array {
  const { scenes, patch, stride = patch, samplesPerEpoch, batch, augment = 'none', seed, epoch } = options;
  checkCount('batch', batch);
  if (samplesPerEpoch !== undefined) checkCount('samplesPerEpoch', samplesPerEpoch);
  if (scenes.length === 0) throw new DataError('DATA_PLAN_EMPTY', 'there are no scenes to take patches from');
  const samples =
    samplesPerEpoch === undefined
      ? patchGrid(scenes, patch, stride)
      : randomPlaces(scenes, patch, samplesPerEpoch, new Random(seed, epoch, placeStream));
  const count = samples.length / planColumns;
  const kept = (options.dropLast ?? true) ? count - (count % batch) : count;
  if (kept === 0) {
    throw new DataError(
      'DATA_PLAN_EMPTY',
      `an epoch of ${count} patches does not fill one batch of ${batch}`,
    );
  }
  const random = new Random(seed, epoch, orderStream);
  const order = random.permutation(count);
  const choices = augmentations[augment];
  const plan = new Int32Array(kept * planColumns);
  for (let i = 0; i < kept; i++) {
    const from = (order[i] ?? 0) * planColumns;
    plan.set(samples.subarray(from, from + planColumns - 1), i * planColumns);
    plan[i * planColumns + planColumns - 1] = choices[random.below(choices.length)] ?? 0;
  }
  return plan;
}

/** Corners of patches as the published scripts draw them for CAVE: rows and columns each without repetition, from all but the last, or
 * the only one of an area as large as a patch. Fewer than `places` where the area has no more. */
export function drawCorners(
  { height, width }: { height: number; width: number },
  { patch, places }: { patch: number; places: number },
  random: Random,
): [row: number, column: number][] {
  const rows = random.permutation(Math.max(1, height - patch));
  const columns = random.permutation(Math.max(1, width - patch));
  const count = Math.min(places, rows.length, columns.length);
  return Array.from({ length: count }, (_, i) => [rows[i] ?? 0, columns[i] ?? 0]);
}

/** The five positions of the published scripts: as it is, turned by 180, 90 and 270 degrees, upside down. */
const fivePositions = [0, 2, 1, 3, 8] as const;

/** Patches as the scripts of MCNet, CoarSR and SFCSR prepare them for CAVE: `places` corners a scene, drawn once, rows and columns
 * each without repetition from all but the last; every corner in five positions; shuffled anew each epoch.
 * @throws {ConfigError} `CONFIG_VALUE`. @throws {DataError} `DATA_PATCH_TOO_LARGE`, `DATA_PLAN_EMPTY`. */
export function fivefoldPlan(options: {
  scenes: readonly PatchArea[];
  patch: number;
  places: number;
  seed: number;
  epoch: number;
}): Int32Array {
  const { scenes, patch, places, seed, epoch } = options;
  checkCount('places', places);
  const samples: number[] = [];
  scenes.forEach((area, index) => {
    checkArea(area, index, patch);
    const { scene = index, row = 0, column = 0 } = area;
    for (const [y, x] of drawCorners(area, { patch, places }, new Random(seed, scene, placeStream))) {
      for (const position of fivePositions) samples.push(scene, row + y, column + x, position);
    }
  });
  if (samples.length === 0) {
    throw new DataError('DATA_PLAN_EMPTY', 'there are no scenes to take patches from');
  }
  const order = new Random(seed, epoch, orderStream).permutation(samples.length / planColumns);
  const plan = new Int32Array(samples.length);
  order.forEach((from, i) => {
    plan.set(samples.slice(from * planColumns, (from + 1) * planColumns), i * planColumns);
  });
  return plan;
}

/** Number of batches that {@link epochPlan} makes. */
export function batchesPerEpoch(options: Omit<EpochOptions, 'epoch'>): number {
  const { scenes, patch, stride = patch, samplesPerEpoch, batch, dropLast = true } = options;
  const count = samplesPerEpoch ?? patchGrid(scenes, patch, stride).length / planColumns;
  return dropLast ? Math.floor(count / batch) : Math.ceil(count / batch);
}

/** Patches to validate on: at most `count`, drawn once from the grid without overlap, never augmented, the same for
 * every epoch of a seed. */
export function heldBackPlan(options: {
  scenes: readonly PatchArea[];
  patch: number;
  count: number;
  seed: number;
}): Int32Array {
  const { scenes, patch, count, seed } = options;
  checkCount('count', count);
  const grid = patchGrid(scenes, patch, patch);
  const total = grid.length / planColumns;
  const chosen = new Random(seed, heldBackStream).permutation(total).subarray(0, count).sort();
  const plan = new Int32Array(chosen.length * planColumns);
  chosen.forEach((from, i) => {
    plan.set(grid.subarray(from * planColumns, (from + 1) * planColumns), i * planColumns);
  });
  return plan;
}
