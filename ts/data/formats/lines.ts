import { DataError } from '../../errors.js';
import { allocateValues, bytesPerValue, type CubeData, type CubeValues, dtypeOf, nextTurn } from '../cube.js';
import { type CubePlan, type CubeReader, type CubeWriter, settleWindow } from './format.js';

/** What every writer checks of the lines it is given: they come in order, of the planned size and dtype. */
export class LineCheck {
  private done = 0;

  constructor(
    private readonly path: string,
    private readonly plan: CubePlan,
    private readonly lines: 'rows' | 'columns',
  ) {}

  private get total(): number {
    return this.lines === 'rows' ? this.plan.height : this.plan.width;
  }

  /** @throws {DataError} `DATA_BLOCK`, `DATA_TYPE`. */
  next(start: number, count: number, values: CubeValues): void {
    const { bands, height, width, dtype } = this.plan;
    const across = this.lines === 'rows' ? width : height;
    const fits = start === this.done && count > 0 && start + count <= this.total;
    if (!fits || values.length !== bands * count * across) {
      throw new DataError(
        'DATA_BLOCK',
        `${this.path}: ${count} ${this.lines} from ${start} with ${values.length} values do not follow the ${this.done} ` +
          `written of a cube of ${bands}x${height}x${width}`,
      );
    }
    const found = dtypeOf(values);
    if (found !== dtype) {
      throw new DataError('DATA_TYPE', `${this.path}: values of ${found} for a cube of ${dtype}`);
    }
    this.done += count;
  }

  /** @throws {DataError} `DATA_INCOMPLETE`. */
  whole(): void {
    if (this.done === this.total) return;
    throw new DataError(
      'DATA_INCOMPLETE',
      `${this.path}: ${this.done} of ${this.total} ${this.lines} were written`,
    );
  }
}

/** A cube in memory, as if it were open. */
export function memoryReader({ data, ...info }: CubeData): CubeReader {
  const plane = info.height * info.width;
  return {
    info,
    lines: 'rows',
    async read(window) {
      const { row, column, height, width, bands } = settleWindow(info, window);
      const part = allocateValues(info.dtype, bands.length * height * width);
      for (const [place, band] of bands.entries()) {
        for (let line = 0; line < height; line++) {
          const from = band * plane + (row + line) * info.width + column;
          part.set(data.subarray(from, from + width), (place * height + line) * width);
        }
        await nextTurn();
      }
      return part;
    },
    close: async () => {},
  };
}

const tile = 32;

/** Each band turned on its side: `[bands, rows, columns]` becomes `[bands, columns, rows]`. */
export async function turnedBands(values: CubeValues, rows: number, columns: number): Promise<CubeValues> {
  const turned = allocateValues(dtypeOf(values), values.length);
  const plane = rows * columns;
  for (let start = 0; start < values.length; start += plane) {
    for (let top = 0; top < rows; top += tile) {
      const bottom = Math.min(top + tile, rows);
      for (let column = 0; column < columns; column++) {
        for (let row = top; row < bottom; row++) {
          turned[start + column * rows + row] = values[start + row * columns + column] as number;
        }
      }
    }
    await nextTurn();
  }
  return turned;
}

/** How lines are poured. */
export interface PourOptions {
  /** Memory of the lines under way. Default 64 MiB; four times that when lines must be turned. */
  bytes?: number;
  /** Changes values on their way, keeping their number; to the dtype of the writer's plan. */
  convert?: (values: CubeValues) => CubeValues | Promise<CubeValues>;
  /** Told after each piece how many lines have been written. */
  onLines?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/** Pours an open cube into a writer, some lines at a time; the caller finishes or aborts the writer. */
export async function pourCube(
  reader: CubeReader,
  writer: CubeWriter,
  { bytes = 1 << 26, convert = (values) => values, onLines, signal }: PourOptions = {},
): Promise<void> {
  const { bands, height, width, dtype } = reader.info;
  const rows = writer.lines === 'rows';
  const [total, across] = rows ? [height, width] : [width, height];
  const budget = reader.lines === writer.lines ? bytes : 4 * bytes;
  const atOnce = Math.max(1, Math.floor(budget / (bands * across * bytesPerValue(dtype))));
  const linesFrom = async (start: number, count: number): Promise<CubeValues> => {
    if (rows) return reader.read({ row: start, height: count });
    return turnedBands(await reader.read({ column: start, width: count }), height, count);
  };
  for (let start = 0; start < total; start += atOnce) {
    signal?.throwIfAborted();
    const count = Math.min(atOnce, total - start);
    await writer.write(start, count, await convert(await linesFrom(start, count)));
    onLines?.(start + count, total);
  }
}
