import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { DataError } from '../../../errors.js';
import { AtomicFile } from '../../../io/atomic-write.js';
import { bytesPerValue, type CubeDType, type CubeValues, nextTurn } from '../../cube.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { GatheredLines } from '../gathered-lines.js';
import { LineCheck } from '../lines.js';
import { swapBytes } from '../stored-types.js';
import { tiffDirectory, tiffHeader } from './tiff-directory-writer.js';
import { describingTags, pictureTags } from './tiff-tags.js';

const deflated = promisify(deflate);
const level = 6;
/** Bytes of a strip, before it is compressed; and of all bands' strips, which wait in memory. */
const stripBytes = 1 << 18;
const waitingBytes = 1 << 25;
/** Strips compressed at a time. */
const inFlight = 4;
/** Beyond it 32-bit places may not do: BigTIFF is written. */
const largestClassic = 3.9e9;
/** The number of bands is a 16-bit number. */
const mostBands = 65_535;

/** Differences of neighbours compress better: of integers; of floating-point bits few readers undo them. */
function isDifferenced(dtype: CubeDType): boolean {
  return dtype !== 'float32' && dtype !== 'float64';
}

/** Each value but the first of a row becomes the difference to the one before, as unsigned numbers wrap around. */
function toDifferences(values: CubeValues, width: number): void {
  for (let end = values.length; end > 0; end -= width) {
    for (let i = end - 1; i > end - width; i--) values[i] = (values[i] as number) - (values[i - 1] as number);
  }
}

class TiffWriter implements CubeWriter {
  readonly lines = 'rows';
  private readonly check: LineCheck;
  /** Rows that do not yet fill a strip: `[bands, rows of a strip, width]`. */
  private readonly waiting: GatheredLines;
  private strips = 0;
  private readonly offsets: Float64Array;
  private readonly byteCounts: Float64Array;
  private readonly stripsOfBand: number;
  private end: number;

  constructor(
    path: string,
    private readonly file: AtomicFile,
    private readonly plan: CubePlan,
    private readonly notes: Readonly<Record<string, string>>,
    private readonly stripRows: number,
    private readonly big: boolean,
  ) {
    const { bands, height, width } = plan;
    this.check = new LineCheck(path, plan, 'rows');
    this.waiting = new GatheredLines(plan, stripRows, width);
    this.stripsOfBand = Math.ceil(height / stripRows);
    this.offsets = new Float64Array(bands * this.stripsOfBand);
    this.byteCounts = new Float64Array(bands * this.stripsOfBand);
    this.end = big ? 16 : 8;
  }

  async write(start: number, count: number, values: CubeValues): Promise<void> {
    this.check.next(start, count, values);
    await this.waiting.add(count, values, () => this.flush());
  }

  /** Compresses and stores the strips of all bands that wait. */
  private async flush(): Promise<void> {
    const { bands, width, dtype } = this.plan;
    const values = this.waiting.filled * width;
    const size = bytesPerValue(dtype);
    for (let first = 0; first < bands; first += inFlight) {
      const packed: Promise<Buffer>[] = [];
      for (let band = first; band < Math.min(first + inFlight, bands); band++) {
        const from = band * this.stripRows * width;
        const strip = this.waiting.values.subarray(from, from + values);
        if (isDifferenced(dtype)) toDifferences(strip, width);
        const bytes = Buffer.from(strip.buffer as ArrayBuffer, strip.byteOffset, strip.byteLength);
        if (endianness() === 'BE') swapBytes(bytes, size);
        packed.push(deflated(bytes, { level }));
        await nextTurn();
      }
      for (const [i, bytes] of (await Promise.all(packed)).entries()) {
        const index = (first + i) * this.stripsOfBand + this.strips;
        this.offsets[index] = this.end;
        this.byteCounts[index] = bytes.length;
        await this.file.write(bytes, this.end);
        // Places in a TIFF are even.
        this.end += bytes.length + (bytes.length % 2);
      }
    }
    this.strips++;
    this.waiting.filled = 0;
  }

  async finish(): Promise<void> {
    try {
      this.check.whole();
      if (this.waiting.filled > 0) await this.flush();
      const { plan, offsets, byteCounts, stripRows } = this;
      const directoryAt = Math.ceil(this.end / 8) * 8;
      const tags = [
        ...pictureTags(plan, {
          offsets,
          byteCounts,
          stripRows,
          predictor: isDifferenced(plan.dtype) ? 2 : 1,
        }),
        ...describingTags(plan, this.notes),
      ];
      await this.file.write(tiffDirectory(tags, directoryAt, this.big), directoryAt);
      await this.file.write(tiffHeader(directoryAt, this.big), 0);
    } catch (cause) {
      await this.abort();
      throw cause;
    }
    await this.file.commit();
  }

  async abort(): Promise<void> {
    await this.file.abort();
  }
}

/** Begins a TIFF, a GeoTIFF where the cube has a place: one picture of as many planes as bands, in strips, with deflate;
 * BigTIFF from 3.9 GB on. Wavelengths, bad bands and notes go into GDAL's metadata.
 * @throws {DataError} `DATA_EMPTY`, `DATA_TOO_LARGE`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createTiff(
  path: string,
  plan: CubePlan,
  { notes = {} }: WriteCubeOptions,
): Promise<CubeWriter> {
  const { bands, height, width, dtype } = plan;
  const bytes = bands * height * width * bytesPerValue(dtype);
  if (bytes === 0)
    throw new DataError('DATA_EMPTY', `${path}: a cube of ${bands}x${height}x${width} has no values`);
  if (bands > mostBands) {
    throw new DataError(
      'DATA_TOO_LARGE',
      `${path}: a cube of ${bands} bands, TIFF holds ${mostBands}: write v7.3 or ENVI`,
    );
  }
  const row = width * bytesPerValue(dtype);
  const fitting = Math.floor(Math.min(stripBytes, waitingBytes / bands) / row);
  const stripRows = Math.max(1, Math.min(height, fitting));
  const file = await AtomicFile.open(path);
  return new TiffWriter(path, file, plan, { ...plan.notes, ...notes }, stripRows, bytes > largestClassic);
}
