import { endianness } from 'node:os';
import { type CubeDType, type CubeValues, dtypeOf, nextTurn } from '../cube.js';
import type { WholeWindow } from './format.js';
import { type StoredType, storedWidth } from './stored-types.js';
import type { ByteSource, StridedCube } from './strided.js';

/** Bytes read at a time. */
const partBytes = 1 << 22;
/** Parts being read at a time. */
const inFlight = 3;
/** Shorter runs than this are not worth a read of their own. */
const shortRun = 1 << 16;
/** Shorter lines than this are quicker copied than read each into its place. */
const shortLine = 1 << 9;
/** Lines that the system takes in one read. */
const mostLines = 1024;

async function severalAtOnce<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const some = async (): Promise<void> => {
    for (let item = list[next++]; item !== undefined; item = list[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: inFlight }, some));
}

/** Runs of values that lie in the file as they will lie in memory: they are read straight into place. Null where there are
 * none, or where they are so short that reading through the gaps is quicker. */
function plainRuns(
  cube: StridedCube,
  { row, column, height, width, bands }: WholeWindow,
): { first: number; count: number }[] | null {
  const { rows, bands: apart } = cube.strides;
  if (rows !== cube.width || apart < cube.height * rows) return null;
  const wholeLines = width === cube.width;
  const [lines, count] = wholeLines ? [1, height * width] : [height, width];
  if (!wholeLines && count * storedWidth(cube.stored) < shortRun) return null;
  const runs: { first: number; count: number }[] = [];
  for (const band of bands) {
    for (let line = 0; line < lines; line++) {
      const first = band * apart + (row + line) * rows + column;
      const last = runs.at(-1);
      if (last !== undefined && last.first + last.count === first) last.count += count;
      else runs.push({ first, count });
    }
  }
  return runs;
}

/** Reads runs straight into place, several parts at once: the copies of the system are shared by its threads. */
async function readRuns(
  source: ByteSource,
  { start, stored }: StridedCube,
  runs: readonly { first: number; count: number }[],
  target: Uint8Array,
): Promise<void> {
  const size = storedWidth(stored);
  const parts: { at: number; length: number; to: number }[] = [];
  let to = 0;
  for (const { first, count } of runs) {
    for (let done = 0; done < count * size; done += partBytes) {
      const length = Math.min(partBytes, count * size - done);
      parts.push({ at: start + first * size + done, length, to: to + done });
    }
    to += count * size;
  }
  await severalAtOnce(parts, ({ at, length, to }) =>
    source.readInto(target.subarray(to, to + length), at, 'the values'),
  );
}

/** Whether all of a window lies in the file without gaps, line after line of all bands: whole rows of a cube by row (bil). */
function isByRow(
  { strides, bands, width: fullWidth, stored }: StridedCube,
  { width, bands: wanted }: WholeWindow,
): boolean {
  const inOrder = wanted.length === bands && wanted.every((band, place) => band === place);
  const lies = strides.bands === fullWidth && strides.rows === bands * fullWidth;
  return lies && inOrder && width === fullWidth && width * storedWidth(stored) >= shortLine;
}

/** Reads lines that follow each other in the file each into its own place: nothing is copied twice. */
async function readLines(
  readEach: NonNullable<ByteSource['readEach']>,
  { start, stored, bands }: StridedCube,
  { row, height, width }: WholeWindow,
  target: Uint8Array,
): Promise<void> {
  const line = width * storedWidth(stored);
  const total = height * bands;
  const atOnce = Math.max(1, Math.min(mostLines, Math.floor(partBytes / line)));
  const firsts = Array.from({ length: Math.ceil(total / atOnce) }, (_, part) => part * atOnce);
  await severalAtOnce(firsts, async (first) => {
    const places = Array.from({ length: Math.min(atOnce, total - first) }, (_, i) => {
      const [band, y] = [(first + i) % bands, Math.floor((first + i) / bands)];
      const to = (band * height + y) * line;
      return target.subarray(to, to + line);
    });
    await readEach(places, start + (row * bands + first) * line, 'the values');
    await nextTurn();
  });
}

/** Whether stored values are those of the cube, byte for byte, and columns neighbours. */
function isAlike(stored: StoredType, littleEndian: boolean, columns: number, dtype: CubeDType): boolean {
  const own = littleEndian === (endianness() === 'LE') || storedWidth(stored) === 1;
  return own && stored === dtype && columns === 1;
}

/** Reads a window straight into place, where its values lie in the file as they will lie in memory.
 * @returns false, and nothing is read, where they have to be turned. */
export async function readPlain(
  source: ByteSource,
  cube: StridedCube,
  window: WholeWindow,
  target: CubeValues,
): Promise<boolean> {
  if (!isAlike(cube.stored, cube.littleEndian, cube.strides.columns, dtypeOf(target))) return false;
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  const runs = plainRuns(cube, window);
  if (runs !== null) {
    await readRuns(source, cube, runs, bytes);
    return true;
  }
  const readEach = source.readEach?.bind(source);
  if (readEach === undefined || !isByRow(cube, window)) return false;
  await readLines(readEach, cube, window, bytes);
  return true;
}
