import { type AtomicFile, writeError } from '../../io/atomic-write.js';
import { allocateValues, bytesPerValue, type CubeValues, nextTurn } from '../cube.js';
import { type CopyAxis, copyAxes, wholeAxis } from './copy-axes.js';
import type { Interleave } from './envi/envi-facts.js';
import type { CubePlan, CubeWriter } from './format.js';
import { LineCheck } from './lines.js';

/** Bytes turned at a time. */
const pieceBytes = 1 << 20;

/** Where the bytes of rows go. */
export interface RawTarget {
  /** Takes bytes at a place; of bil and bip they come in order. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Byte of the first value. */
  start: number;
  interleave: Interleave;
}

/** Sets a file's length; a device or pipe has none to set. */
export async function setLength({ handle, path }: AtomicFile, bytes: number): Promise<void> {
  await handle.truncate(bytes).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EINVAL') throw writeError(path, cause);
  });
}

/** The bytes of a typed array. */
export function bytesOf({ buffer, byteOffset, byteLength }: CubeValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes the values of a cube bare, in this machine's byte order: by band (bsq), by row (bil) or by pixel (bip). */
export class RawRows {
  constructor(
    private readonly target: RawTarget,
    private readonly plan: CubePlan,
  ) {}

  /** Takes rows as `[bands, count, width]`. */
  async write(row: number, count: number, values: CubeValues): Promise<void> {
    if (this.target.interleave === 'bsq') await this.writeBands(row, count, values);
    else await this.writeTurned(row, count, values);
  }

  private async writeBands(row: number, count: number, values: CubeValues): Promise<void> {
    const { bands, height, width, dtype } = this.plan;
    const { target } = this;
    const size = bytesPerValue(dtype);
    if (count === height) return target.write(bytesOf(values), target.start);
    for (let band = 0; band < bands; band++) {
      const piece = values.subarray(band * count * width, (band + 1) * count * width);
      await target.write(bytesOf(piece), target.start + (band * height + row) * width * size);
    }
  }

  /** The axes of `rows` rows out of `count`, from band-major order to that of the file. */
  private axes(rows: number, count: number): [CopyAxis, CopyAxis, CopyAxis] {
    const { bands, width } = this.plan;
    const isByRow = this.target.interleave === 'bil';
    return [
      wholeAxis(rows, width, bands * width),
      wholeAxis(bands, count * width, isByRow ? width : 1),
      wholeAxis(width, 1, isByRow ? 1 : bands),
    ];
  }

  private async writeTurned(row: number, count: number, values: CubeValues): Promise<void> {
    const { bands, width, dtype } = this.plan;
    const { target } = this;
    const line = bands * width;
    const size = bytesPerValue(dtype);
    const atOnce = Math.min(count, Math.max(1, Math.floor(pieceBytes / (line * size))));
    const turned = allocateValues(dtype, atOnce * line);
    for (let done = 0; done < count; done += atOnce) {
      const rows = Math.min(atOnce, count - done);
      copyAxes(values.subarray(done * width), this.axes(rows, count), turned);
      await target.write(bytesOf(turned.subarray(0, rows * line)), target.start + (row + done) * line * size);
      await nextTurn();
    }
  }
}

/** A writer of checked rows that appear at once, or not at all: where the last step fails, nothing stays. */
export function rowsWriter(
  check: LineCheck,
  rows: RawRows,
  { commit, abort }: { commit: () => Promise<void>; abort: () => Promise<void> },
): CubeWriter {
  return {
    lines: 'rows',
    async write(start, count, values) {
      check.next(start, count, values);
      await rows.write(start, count, values);
    },
    async finish() {
      try {
        check.whole();
        await commit();
      } catch (cause) {
        await abort();
        throw cause;
      }
    },
    abort,
  };
}

/** Begins a cube of bare values in one or several files, which appear together at `finish`.
 * @param head what stands before the values, whose number is set at once: a full disk is met early.
 * @param companions files that are ready but for their name; they follow the values. */
export async function rawWriter(
  plan: CubePlan,
  { file, interleave }: { file: AtomicFile; interleave: Interleave },
  head: Uint8Array,
  companions: readonly AtomicFile[] = [],
): Promise<CubeWriter> {
  const { bands, height, width, dtype } = plan;
  const rows = new RawRows(
    { write: (bytes, at) => file.write(bytes, at), start: head.length, interleave },
    plan,
  );
  const abort = async (): Promise<void> => {
    for (const each of [file, ...companions]) await each.abort();
  };
  try {
    if (head.length > 0) await file.write(head, 0);
    await setLength(file, head.length + bands * height * width * bytesPerValue(dtype));
  } catch (cause) {
    await abort();
    throw cause;
  }
  const commit = async (): Promise<void> => {
    for (const each of [file, ...companions]) await each.commit();
  };
  return rowsWriter(new LineCheck(file.path, plan, 'rows'), rows, { commit, abort });
}
