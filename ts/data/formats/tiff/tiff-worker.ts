import { RandomAccessFile } from '../../../io/file.js';
import { allocateValues, type CubeValues } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import { placeBlock } from '../placement.js';
import { decodeStored, type StoredNumbers, storedWidth } from '../stored-types.js';
import { decodeSegment } from './tiff-decode.js';
import { gridOf } from './tiff-layout.js';
import type { TiffCube, TiffHandle, TiffWork } from './tiff-work.js';
import { serve } from '../work-serve.js';

/** Decoded segments that are kept for the next window. */
const keptBytes = 2 ** 27;
/** Uncompressed segments are read by some rows at a time. */
const pieceBytes = 1 << 23;

const files = new Map<number, Promise<RandomAccessFile>>();
/** By file and number, the one used longest ago first. */
const kept = new Map<string, StoredNumbers>();
let keptSize = 0;

function openFile({ id, path }: TiffHandle): Promise<RandomAccessFile> {
  const file = files.get(id) ?? RandomAccessFile.open(path, 'DATA');
  files.set(id, file);
  file.catch(() => files.delete(id));
  return file;
}

function keep(name: string, values: StoredNumbers): void {
  kept.delete(name);
  kept.set(name, values);
  keptSize += values.byteLength;
  for (const [oldest, { byteLength }] of kept) {
    if (keptSize <= keptBytes || oldest === name) break;
    kept.delete(oldest);
    keptSize -= byteLength;
  }
}

function forget(prefix: string): void {
  for (const [name, { byteLength }] of kept) {
    if (!name.startsWith(prefix)) continue;
    kept.delete(name);
    keptSize -= byteLength;
  }
}

/** A segment of the grid: its number, and the part of the picture it covers. */
interface Segment {
  index: number;
  /** First band in it, and how many. */
  band: number;
  bands: number;
  top: number;
  left: number;
  /** Rows that are stored. */
  rows: number;
}

/** The segments that a window touches. */
function* segmentsOf(cube: TiffCube, window: WholeWindow): Generator<Segment> {
  const { across, down } = gridOf(cube);
  const { segmentWidth, segmentHeight } = cube;
  const planes = cube.samples > 1 ? [0] : [...new Set(window.bands)].sort((a, b) => a - b);
  const lastDown = Math.floor((window.row + window.height - 1) / segmentHeight);
  const lastAcross = Math.floor((window.column + window.width - 1) / segmentWidth);
  for (const plane of planes) {
    for (let y = Math.floor(window.row / segmentHeight); y <= lastDown; y++) {
      for (let x = Math.floor(window.column / segmentWidth); x <= lastAcross; x++) {
        const top = y * segmentHeight;
        yield {
          index: (plane * down + y) * across + x,
          band: plane,
          bands: cube.samples,
          top,
          left: x * segmentWidth,
          rows: cube.tiled ? segmentHeight : Math.min(segmentHeight, cube.height - top),
        };
      }
    }
  }
}

/** Puts `rows` decoded rows of a segment, the first of which is row `first` of it, where they belong. */
function put(
  cube: TiffCube,
  segment: Segment,
  values: StoredNumbers,
  first: number,
  rows: number,
  window: WholeWindow,
  target: CubeValues,
): void {
  const { samples, segmentWidth } = cube;
  const top = Math.max(segment.top + first, window.row);
  const bottom = Math.min(segment.top + first + rows, window.row + window.height);
  const left = Math.max(segment.left, window.column);
  const right = Math.min(segment.left + segmentWidth, window.column + window.width);
  const rowStep = segmentWidth * samples;
  placeBlock(values, target, window, {
    from: { bands: 1, rows: rowStep, columns: samples },
    origin: (top - segment.top - first) * rowStep + (left - segment.left) * samples,
    band: segment.band,
    bands: segment.bands,
    row: top - window.row,
    column: left - window.column,
    height: bottom - top,
    width: right - left,
  });
}

/** Compressed segments are decoded whole, and kept for a while. */
async function decoded(
  handle: TiffHandle,
  file: RandomAccessFile,
  cube: TiffCube,
  segment: Segment,
): Promise<StoredNumbers> {
  const name = `${handle.id}:${segment.index}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const [offset = 0, bytes = 0] = [cube.offsets[segment.index], cube.byteCounts[segment.index]];
  const packed = await file.read(offset, bytes, 'a strip or tile');
  const values = await decodeSegment(file.path, cube, packed, segment.rows);
  const numbers = decodeStored(file.path, cube.stored, values, true);
  keep(name, numbers);
  return numbers;
}

/** Uncompressed segments are read by the rows that are wanted. */
async function* rawRows(
  file: RandomAccessFile,
  cube: TiffCube,
  segment: Segment,
  window: WholeWindow,
): AsyncGenerator<{ values: StoredNumbers; first: number; rows: number }> {
  const rowBytes = cube.segmentWidth * cube.samples * storedWidth(cube.stored);
  const from = Math.max(0, window.row - segment.top);
  const to = Math.min(segment.rows, window.row + window.height - segment.top);
  const atOnce = Math.max(1, Math.floor(pieceBytes / rowBytes));
  const offset = cube.offsets[segment.index] ?? 0;
  for (let first = from; first < to; first += atOnce) {
    const rows = Math.min(atOnce, to - first);
    const bytes = await file.read(offset + first * rowBytes, rows * rowBytes, 'a strip or tile');
    const values = await decodeSegment(file.path, cube, bytes, rows);
    yield { values: decodeStored(file.path, cube.stored, values, true), first, rows };
  }
}

/** Segments unpacked at a time: zlib works in threads of its own. */
function aheadOf({ segmentWidth, segmentHeight, samples, stored }: TiffCube): number {
  return segmentWidth * segmentHeight * samples * storedWidth(stored) > pieceBytes ? 1 : 3;
}

function blank({ dtype, segmentWidth, samples, fill }: TiffCube, rows: number): CubeValues {
  return allocateValues(dtype, rows * segmentWidth * samples).fill(fill);
}

async function read(
  { file: handle, cube, window }: { file: TiffHandle; cube: TiffCube; window: WholeWindow },
  progress: () => void,
): Promise<CubeValues> {
  const file = await openFile(handle);
  const target = allocateValues(cube.dtype, window.bands.length * window.height * window.width);
  if (target.length === 0) return target;
  const most = aheadOf(cube);
  const ahead: { segment: Segment; values: Promise<StoredNumbers> }[] = [];
  const take = async (): Promise<void> => {
    const next = ahead.shift();
    if (next !== undefined) put(cube, next.segment, await next.values, 0, next.segment.rows, window, target);
    progress();
  };
  for (const segment of segmentsOf(cube, window)) {
    const isMissing = cube.offsets[segment.index] === 0 || cube.byteCounts[segment.index] === 0;
    if (isMissing) {
      put(cube, segment, blank(cube, segment.rows), 0, segment.rows, window, target);
    } else if (cube.compression === 1) {
      for await (const { values, first, rows } of rawRows(file, cube, segment, window))
        put(cube, segment, values, first, rows, window, target);
      progress();
    } else {
      const values = decoded(handle, file, cube, segment);
      // Told when its turn comes; an earlier one may fail first.
      values.catch(() => undefined);
      ahead.push({ segment, values });
      if (ahead.length >= most) await take();
    }
  }
  while (ahead.length > 0) await take();
  return target;
}

async function close({ id }: TiffHandle): Promise<void> {
  const file = files.get(id);
  files.delete(id);
  forget(`${id}:`);
  await (await file)?.close();
}

/** The thread of TIFF files. */
serve<TiffWork>({ read, close }, () => false);
