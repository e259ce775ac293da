import { bytesPerValue, type CubeValues, nextTurn } from './cube.js';
import type { CubeReader, CubeWindow } from './formats/format.js';

/** The values of a cube in a few numbers, as stored. */
export interface ValueSummary {
  least: number;
  most: number;
  mean: number;
  /** Standard deviation of the population. */
  deviation: number;
  /** Mean of each band. */
  bandMeans: number[];
  /** Values that are exactly 0, that are NaN or infinite, and that the file says are no measurements; the latter two are in no other
   * number. */
  zeros: number;
  notFinite: number;
  ignored: number;
  /** Values looked at, and all there are: fewer where the cube is large. */
  counted: number;
  total: number;
}

/** Cubes up to this size are looked at whole, of larger ones lines of about this much, evenly spread. */
const mostBytes = 1 << 27;
/** Lines read at a time. */
const stripBytes = 1 << 24;
/** Values between two turns of the event loop. */
const chunk = 1 << 19;

/** The parts to look at: all, or strips of whole lines evenly spread. */
function windowsOf({ info, lines }: CubeReader): CubeWindow[] {
  const { bands, height, width, dtype } = info;
  const rows = lines === 'rows';
  const [count, across] = rows ? [height, width] : [width, height];
  const lineBytes = bands * across * bytesPerValue(dtype);
  const wanted = Math.min(count, Math.max(1, Math.floor(mostBytes / lineBytes)));
  const atOnce = Math.min(wanted, Math.max(1, Math.floor(stripBytes / lineBytes)));
  const strips = wanted === count ? Math.ceil(count / atOnce) : Math.floor(wanted / atOnce);
  return Array.from({ length: strips }, (_, strip) => {
    const place = strips === 1 ? 0 : Math.round((strip * (count - atOnce)) / (strips - 1));
    const start = wanted === count ? strip * atOnce : place;
    const size = Math.min(atOnce, count - start);
    return rows ? { row: start, height: size } : { column: start, width: size };
  });
}

class Running {
  least = Infinity;
  most = -Infinity;
  zeros = 0;
  notFinite = 0;
  ignored = 0;
  counted = 0;
  /** Sums about a shift near the mean, so that squares do not swallow the differences. */
  private shift: number | null = null;
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private squares = 0;

  constructor(
    bands: number,
    private readonly ignore: number | undefined,
  ) {
    this.sums = new Float64Array(bands);
    this.counts = new Float64Array(bands);
  }

  add(values: CubeValues, start: number, end: number, band: number): void {
    let [least, most, sum, squares, zeros, valid] = [this.least, this.most, 0, 0, 0, 0];
    const { ignore } = this;
    this.shift ??= values.find((value) => Number.isFinite(value) && value !== ignore) ?? null;
    const shift = this.shift ?? 0;
    for (let i = start; i < end; i++) {
      const value = values[i] as number;
      if (value === ignore) this.ignored++;
      else if (!Number.isFinite(value)) this.notFinite++;
      else {
        if (value < least) least = value;
        if (value > most) most = value;
        if (value === 0) zeros++;
        sum += value - shift;
        squares += (value - shift) ** 2;
        valid++;
      }
    }
    [this.least, this.most] = [least, most];
    this.zeros += zeros;
    this.squares += squares;
    this.counted += end - start;
    this.sums[band] = (this.sums[band] ?? 0) + sum;
    this.counts[band] = (this.counts[band] ?? 0) + valid;
  }

  summary(total: number): ValueSummary {
    const shift = this.shift ?? 0;
    const count = this.counts.reduce((all, value) => all + value, 0);
    const offset = this.sums.reduce((all, value) => all + value, 0) / count;
    const { least, most, zeros, notFinite, ignored, counted } = this;
    return {
      least: count === 0 ? Number.NaN : least,
      most: count === 0 ? Number.NaN : most,
      mean: offset + shift,
      deviation: Math.sqrt(Math.max(0, this.squares / count - offset ** 2)),
      bandMeans: Array.from(this.sums, (sum, band) => sum / (this.counts[band] ?? 1) + shift),
      zeros,
      notFinite,
      ignored,
      counted,
      total,
    };
  }
}

/** Looks at the values of an open cube: all of them, or, of a large one, a sample of its lines.
 * @throws the reader's errors. */
export async function summarise(reader: CubeReader): Promise<ValueSummary> {
  const { bands, height, width, ignoreValue } = reader.info;
  const running = new Running(bands, ignoreValue);
  for (const window of windowsOf(reader)) {
    const values = await reader.read(window);
    const plane = values.length / bands;
    for (let band = 0; band < bands; band++) {
      for (let start = band * plane; start < (band + 1) * plane; start += chunk) {
        running.add(values, start, Math.min(start + chunk, (band + 1) * plane), band);
      }
      if (plane > chunk || band % 8 === 7) await nextTurn();
    }
  }
  return running.summary(bands * height * width);
}
