import { bytesPerValue, type CubeReader } from '../data/index.js';
import { type NativeImageMapping, type NativeTensor, native } from '../native/index.js';

/** Values of an image or cube, `[channels, height, width]` in their stored dtype, of which tiles are cut. */
export interface Pixels {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Tiles of one size as a network sees them: `[N, channels, height, width]`, float32, to be disposed.
   * @param corners row and column of each tile, which lies within the image. */
  cut(corners: number[], height: number, width: number, mapping: NativeImageMapping): Promise<NativeTensor>;
  /** The same upside down, in memory; to be disposed. */
  upsideDown(): Promise<Pixels>;
  dispose(): void;
}

/** Pixels that are in memory; the tensor is theirs from now on. */
export function tensorPixels(tensor: NativeTensor): Pixels {
  const [channels = 0, height = 0, width = 0] = tensor.shape;
  return {
    channels,
    height,
    width,
    cut: (corners, tall, wide, mapping) => native().cutTiles(tensor, corners, tall, wide, mapping),
    upsideDown: async () => tensorPixels(await native().flipRows(tensor)),
    dispose: () => tensor.dispose(),
  };
}

/** Bytes of a strip that is kept between two tiles. */
const stripBytes = 1 << 28;

interface Strip {
  row: number;
  column: number;
  height: number;
  width: number;
  values: NativeTensor;
}

/** Pixels that stay in their file: only the lines that the tiles under way lie in are in memory. */
export class FilePixels implements Pixels {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  private kept: Strip | null = null;

  constructor(private readonly reader: CubeReader) {
    const { bands, height, width } = reader.info;
    [this.channels, this.height, this.width] = [bands, height, width];
  }

  async cut(
    corners: number[],
    height: number,
    width: number,
    mapping: NativeImageMapping,
  ): Promise<NativeTensor> {
    const rows = corners.filter((_, i) => i % 2 === 0);
    const columns = corners.filter((_, i) => i % 2 === 1);
    const strip = await this.stripOf(rangeOf(rows, height), rangeOf(columns, width));
    const inside = corners.map((place, i) => place - (i % 2 === 0 ? strip.row : strip.column));
    return native().cutTiles(strip.values, inside, height, width, mapping);
  }

  async upsideDown(): Promise<Pixels> {
    const all = await this.load({ row: 0, column: 0, height: this.height, width: this.width });
    return tensorPixels(
      await native()
        .flipRows(all)
        .finally(() => all.dispose()),
    );
  }

  dispose(): void {
    this.kept?.values.dispose();
    this.kept = null;
    // Only what was read could fail, and it has been read.
    this.reader.close().catch(() => undefined);
  }

  /** A strip that holds these lines: the one at hand, or a new one, across the whole image where memory allows that. */
  private async stripOf(rows: Range, columns: Range): Promise<Strip> {
    const { kept } = this;
    if (kept !== null && holds(kept.row, kept.height, rows) && holds(kept.column, kept.width, columns)) {
      return kept;
    }
    const area = this.areaOf(rows, columns);
    kept?.values.dispose();
    this.kept = null;
    const strip = { ...area, values: await this.load(area) };
    this.kept = strip;
    return strip;
  }

  private areaOf(rows: Range, columns: Range): Omit<Strip, 'values'> {
    const [tall, wide] = [rows.end - rows.start, columns.end - columns.start];
    const pixelBytes = this.channels * bytesPerValue(this.reader.info.dtype);
    const least = { row: rows.start, column: columns.start, height: tall, width: wide };
    const asRows = { ...least, column: 0, width: this.width };
    const asColumns = { ...least, row: 0, height: this.height };
    const order = this.reader.lines === 'rows' ? [asRows, asColumns] : [asColumns, asRows];
    return order.find(({ height, width }) => height * width * pixelBytes <= stripBytes) ?? least;
  }

  private async load({ row, column, height, width }: Omit<Strip, 'values'>): Promise<NativeTensor> {
    const values = await this.reader.read({ row, column, height, width });
    return native().fromTypedArray(values, [this.channels, height, width], this.reader.info.dtype, 'cpu');
  }
}

interface Range {
  start: number;
  end: number;
}

/** The lines that tiles reach. */
function rangeOf(starts: readonly number[], size: number): Range {
  return { start: Math.min(...starts), end: Math.max(...starts) + size };
}

function holds(start: number, count: number, range: Range): boolean {
  return start <= range.start && start + count >= range.end;
}
