import { DataError } from '../../../errors.js';
import { allocateValues, type CubeValues } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import { fileNumber, guarded, hdf5, type Hdf5Module } from './hdf5-library.js';
import type { Hdf5Cube, Hdf5Handle } from './hdf5-work.js';
import { type Placement, placeBlock } from '../placement.js';
import { decodeStored, type StoredNumbers, storedWidth } from '../stored-types.js';

/** Bytes read from the library at a time, where chunks are not larger. */
const pieceBytes = 1 << 23;
type Triple = [number, number, number];

/** A part of the dataset, in the file's order of axes. */
interface Slab {
  start: Triple;
  count: Triple;
}

/** Runs of neighbouring bands in a choice of them; gaps within a chunk are read through. */
function bandRuns(bands: readonly number[], gap: number): [start: number, count: number][] {
  const runs: [number, number][] = [];
  for (const band of [...new Set(bands)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && band - (last[0] + last[1]) < gap) last[1] = band - last[0] + 1;
    else runs.push([band, 1]);
  }
  return runs;
}

/** Whole chunks, or runs of values where there are none, up to the size of a piece: the fastest axis is filled first. */
function blockOf(cube: Hdf5Cube, count: Triple): Triple {
  const unit = unitsOf(cube);
  const block: Triple = [
    Math.min(unit[0], count[0]),
    Math.min(unit[1], count[1]),
    Math.min(unit[2], count[2]),
  ];
  const bytes = (axis: number, size: number) =>
    block.reduce((product, own, i) => product * (i === axis ? size : own), storedWidth(cube.stored));
  for (const axis of [2, 1, 0] as const) {
    const step = unit[axis];
    const most = Math.floor(pieceBytes / bytes(axis, step)) * step;
    block[axis] = Math.max(block[axis], Math.min(most, count[axis]));
    if (block[axis] < count[axis]) break;
  }
  return block;
}

function unitsOf({ chunks, folded, shape, axes }: Hdf5Cube): Triple {
  const [a = 1, b = 1, c = 1] = chunks ?? [];
  if (!folded) return [a, b, c];
  // Columns of a folded cube are read whole.
  const whole = (axis: 0 | 1 | 2) => (axes[axis] === 'h' ? shape[axis] : 1);
  return [whole(0), whole(1), whole(2)];
}

/** The slabs of a window, none larger than a piece or a chunk, cut where chunks end. */
function* slabsOf(cube: Hdf5Cube, window: WholeWindow): Generator<Slab> {
  const unit = unitsOf(cube);
  const bandAxis = cube.axes.indexOf('b');
  for (const bands of bandRuns(window.bands, Math.max(2, unit[bandAxis] ?? 1))) {
    const ranges = {
      b: bands,
      h: cube.folded ? [0, cube.shape[cube.axes.indexOf('h')] ?? 0] : [window.row, window.height],
      w: [window.column, window.width],
    } as const;
    const range = [...cube.axes].map((axis) => ranges[axis as 'b' | 'h' | 'w']);
    const starts = range.map(([start = 0]) => start) as Triple;
    const counts = range.map(([, count = 0]) => count) as Triple;
    const block = blockOf(cube, counts);
    for (const first of cuts(starts[0], counts[0], block[0], unit[0])) {
      for (const second of cuts(starts[1], counts[1], block[1], unit[1])) {
        for (const third of cuts(starts[2], counts[2], block[2], unit[2])) {
          yield {
            start: [first[0], second[0], third[0]],
            count: [first[1], second[1], third[1]],
          };
        }
      }
    }
  }
}

/** A range in parts of `block` that end at multiples of `unit`. */
function* cuts(start: number, count: number, block: number, unit: number): Generator<[number, number]> {
  const end = start + count;
  for (let at = start; at < end; ) {
    const aligned = Math.floor(at / unit) * unit + Math.max(unit, Math.floor(block / unit) * unit);
    const next = Math.min(end, aligned);
    yield [at, next - at];
    at = next;
  }
}

/** Reads a slab through the library, and hands it over in this machine's own order of bytes; it is gone afterwards. */
function withSlab(
  module: Hdf5Module,
  file: bigint,
  path: string,
  cube: Hdf5Cube,
  slab: Slab,
  use: (values: StoredNumbers) => void,
): void {
  const values = slab.count.reduce((product, size) => product * size, 1);
  const bytes = values * storedWidth(cube.stored);
  const [start, count] = cube.folded ? folded(cube, slab) : [slab.start, slab.count];
  const place = module._malloc(bytes);
  if (place === 0) {
    throw new DataError(
      'DATA_UNSUPPORTED',
      `${path}: '${cube.dataset}' is stored in parts too large (${bytes} bytes)`,
    );
  }
  try {
    const [counts, starts, ones] = [count.map(BigInt), start.map(BigInt), count.map(() => 1n)];
    const name = `/${cube.dataset}`;
    guarded(path, () => module.get_dataset_data(file, name, counts, starts, ones, BigInt(place)));
    // The library's memory may have moved while it read.
    const found = Buffer.from(module.HEAPU8.buffer as ArrayBuffer, place, bytes);
    use(decodeStored(path, cube.stored, found, true));
  } finally {
    module._free(place);
  }
}

/** A slab of whole columns, where width and height are one axis of the file. */
function folded({ axes, shape }: Hdf5Cube, { start, count }: Slab): [number[], number[]] {
  // Bands first or last, and a column's rows follow each other: [b, w, h] or [w, h, b].
  if (axes === 'bwh')
    return [
      [start[0], start[1] * shape[2]],
      [count[0], count[1] * shape[2]],
    ];
  return [
    [start[0] * shape[1], start[2]],
    [count[0] * shape[1], count[2]],
  ];
}

function placementOf(cube: Hdf5Cube, { start, count }: Slab, window: WholeWindow): Placement {
  const steps = [count[1] * count[2], count[2], 1];
  const at = (letter: string) => {
    const axis = cube.axes.indexOf(letter);
    return { start: start[axis] ?? 0, count: count[axis] ?? 0, step: steps[axis] ?? 0 };
  };
  const [b, h, w] = [at('b'), at('h'), at('w')];
  const top = Math.max(h.start, window.row);
  const bottom = Math.min(h.start + h.count, window.row + window.height);
  return {
    from: { bands: b.step, rows: h.step, columns: w.step },
    origin: (top - h.start) * h.step,
    band: b.start,
    row: top - window.row,
    column: w.start - window.column,
    bands: b.count,
    height: bottom - top,
    width: w.count,
  };
}

/** Reads a window of a cube, `[bands, height, width]`, in pieces of whole chunks.
 * @throws {DataError} `DATA_DAMAGED`, `DATA_RANGE`, `DATA_UNSUPPORTED`. */
export async function readHdf5Window(
  { file, cube, window }: { file: Hdf5Handle; cube: Hdf5Cube; window: WholeWindow },
  progress: () => void,
): Promise<CubeValues> {
  const module = await hdf5();
  const number = await fileNumber(file);
  const target = allocateValues(cube.dtype, window.bands.length * window.height * window.width);
  if (target.length === 0) return target;
  for (const slab of slabsOf(cube, window)) {
    withSlab(module, number, file.path, cube, slab, (values) =>
      placeBlock(values, target, window, placementOf(cube, slab, window)),
    );
    progress();
  }
  return target;
}

/** Reads all of a small dataset as doubles. */
export async function readHdf5Numbers({
  file,
  dataset,
  stored,
  count,
}: {
  file: Hdf5Handle;
  dataset: string;
  stored: Hdf5Cube['stored'];
  count: number;
}): Promise<Float64Array> {
  const module = await hdf5();
  const number = await fileNumber(file);
  const bytes = count * storedWidth(stored);
  const place = module._malloc(bytes);
  try {
    guarded(file.path, () => module.get_dataset_data(number, `/${dataset}`, null, null, null, BigInt(place)));
    const copy = Buffer.from(module.HEAPU8.slice(place, place + bytes).buffer);
    return Float64Array.from(decodeStored(file.path, stored, copy, true));
  } finally {
    module._free(place);
  }
}
