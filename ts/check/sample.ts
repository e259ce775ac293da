import type { CubeInfo, CubeReader, CubeValues, CubeWindow } from '../data/index.js';
import { nextTurn } from '../data/index.js';
import { linearSrgbWeights } from '../degrade/index.js';
import { blockOf, gridBlocks, gridSide } from './grid.js';
import { PixelMarks } from './pixel-marks.js';

/** What was counted in a band. */
export interface BandCount {
  least: number;
  most: number;
  sum: number;
  squares: number;
  count: number;
  notFinite: number;
  ignored: number;
  negative: number;
}

/** Pixels in the middle of a scene, as they are, in linear sRGB. */
export interface Middle {
  row: number;
  column: number;
  height: number;
  width: number;
  /** `[3, height, width]`; three equal planes of the mean of all bands where the cube shows no colours. */
  rgb: Float32Array;
}

/** What one pass over a cube leaves. */
export interface CubeSample {
  info: CubeInfo;
  bands: BandCount[];
  /** Part of the pixels that were looked at. */
  looked: number;
  /** Shares of the pixels that are dark in the mean of all bands, and that reach full scale in a band. */
  dark: number;
  saturated: number;
  middle: Middle;
  /** Means over blocks, of every band: `[bands, 48, 48]`. */
  grid: Float32Array;
  /** Marks of pixels: see {@link PixelMarks}. */
  marks: readonly number[];
  /** Weights of the bands in linear sRGB, `[3][bands]`; null where the cube shows no colours. */
  weights: number[][] | null;
}

/** Values read at a time, and pixels of a band between two turns of the event loop: neither grows with the cube. */
const stripValues = 1 << 23;
const stripPixels = 1 << 15;
/** Of larger cubes strips are looked at, evenly spread. */
const mostValues = 1 << 29;
const middleSide = 512;
const darkBelow = 0.003;

/** A cube shows colours when its bands cover most of what the eye sees. */
function colourWeights({ wavelengths, bands }: CubeInfo): number[][] | null {
  const known =
    wavelengths ?? (bands === 31 ? Array.from({ length: 31 }, (_, band) => 400 + 10 * band) : null);
  if (known === null || known.some((nm) => !Number.isFinite(nm))) return null;
  const seen = known.filter((nm) => nm >= 420 && nm <= 680);
  if (seen.length < 6 || Math.min(...seen) > 480 || Math.max(...seen) < 620) return null;
  return linearSrgbWeights(known);
}

function windowsOf({ info, lines }: CubeReader): { windows: CubeWindow[]; looked: number } {
  const rows = lines === 'rows';
  const [count, across] = rows ? [info.height, info.width] : [info.width, info.height];
  const fit = stripValues / (info.bands * across);
  const atOnce = Math.max(1, Math.min(count, Math.floor(fit)));
  const strips = Math.ceil(count / atOnce);
  const wanted = Math.max(1, Math.min(strips, Math.floor(mostValues / (info.bands * across * atOnce))));
  const windows = Array.from({ length: wanted }, (_, i) => {
    const strip = wanted === 1 ? 0 : Math.round((i * (strips - 1)) / (wanted - 1));
    const [start, size] = [strip * atOnce, Math.min(atOnce, count - strip * atOnce)];
    return rows ? { row: start, height: size } : { column: start, width: size };
  });
  return { windows, looked: wanted / strips };
}

interface Strip {
  row: number;
  column: number;
  height: number;
  width: number;
  values: CubeValues;
}

/** One pass over a cube, strip by strip. */
class Pass {
  readonly bands: BandCount[];
  readonly grid: Float64Array;
  readonly gridCounts = new Float64Array(gridBlocks);
  readonly middle: Middle;
  readonly weights: number[][] | null;
  private readonly rowBlocks: Int32Array;
  private readonly columnBlocks: Int32Array;
  readonly marks = new PixelMarks();
  pixels = 0;
  dark = 0;
  saturated = 0;

  constructor(private readonly info: CubeInfo) {
    const { bands, height, width } = info;
    this.bands = Array.from({ length: bands }, () => ({
      least: Number.POSITIVE_INFINITY,
      most: Number.NEGATIVE_INFINITY,
      sum: 0,
      squares: 0,
      count: 0,
      notFinite: 0,
      ignored: 0,
      negative: 0,
    }));
    this.grid = new Float64Array(bands * gridBlocks);
    this.rowBlocks = blockOf(height);
    this.columnBlocks = blockOf(width);
    this.weights = colourWeights(info);
    const [high, wide] = [Math.min(height, middleSide), Math.min(width, middleSide)];
    this.middle = {
      row: (height - high) >> 1,
      column: (width - wide) >> 1,
      height: high,
      width: wide,
      rgb: new Float32Array(3 * high * wide),
    };
  }

  async add(strip: Strip): Promise<void> {
    const plane = strip.height * strip.width;
    const [sums, tops] = [new Float64Array(plane), new Uint8Array(plane)];
    const [hashes, varies] = [new Int32Array(plane), new Uint8Array(plane)];
    const { fullScale } = this.info;
    const lines = Math.max(1, Math.floor(stripPixels / strip.width));
    for (let band = 0; band < this.info.bands; band++) {
      const start = band * plane;
      for (let line = 0; line < strip.height; line += lines) {
        const height = Math.min(lines, strip.height - line);
        const [from, to] = [line * strip.width, (line + height) * strip.width];
        const values = strip.values.subarray(start + from, start + to);
        this.count(values, band, sums.subarray(from, to), tops.subarray(from, to));
        const first = strip.values.subarray(from, to);
        const carried = { first, hashes: hashes.subarray(from, to), varies: varies.subarray(from, to) };
        PixelMarks.mix(values, carried, fullScale);
        const part = { ...strip, row: strip.row + line, height };
        this.addToGrid(values, band, part);
        this.addToMiddle(values, band, part);
        await nextTurn();
      }
    }
    const limit = darkBelow * this.info.bands * this.info.fullScale;
    for (let pixel = 0; pixel < plane; pixel++) {
      if ((sums[pixel] ?? 0) < limit) this.dark++;
      this.saturated += tops[pixel] ?? 0;
    }
    for (let from = 0; from < plane; from += stripPixels) {
      this.marks.add(hashes.subarray(from, from + stripPixels), varies.subarray(from, from + stripPixels));
      await nextTurn();
    }
    this.pixels += plane;
  }

  private count(values: CubeValues, band: number, sums: Float64Array, tops: Uint8Array): void {
    const facts = this.bands[band];
    if (facts === undefined) return;
    const { ignoreValue, fullScale } = this.info;
    let [least, most, sum, squares, counted, negative] = [facts.least, facts.most, 0, 0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (value === ignoreValue) facts.ignored++;
      else if (!Number.isFinite(value)) facts.notFinite++;
      else {
        if (value < least) least = value;
        if (value > most) most = value;
        if (value < 0) negative++;
        if (value >= fullScale) tops[i] = 1;
        sum += value;
        squares += value * value;
        counted++;
        sums[i] = (sums[i] ?? 0) + value;
      }
    }
    facts.least = least;
    facts.most = most;
    facts.sum += sum;
    facts.squares += squares;
    facts.count += counted;
    facts.negative += negative;
  }

  private addToGrid(values: CubeValues, band: number, { row, column, height, width }: Strip): void {
    const { grid, gridCounts, rowBlocks, columnBlocks } = this;
    const { ignoreValue } = this.info;
    for (let y = 0; y < height; y++) {
      const line = (rowBlocks[row + y] ?? 0) * gridSide;
      for (let x = 0; x < width; x++) {
        const block = line + (columnBlocks[column + x] ?? 0);
        const value = values[y * width + x] ?? 0;
        if (band === 0) gridCounts[block] = (gridCounts[block] ?? 0) + 1;
        if (!Number.isFinite(value) || value === ignoreValue) continue;
        const at = band * gridBlocks + block;
        grid[at] = (grid[at] ?? 0) + value;
      }
    }
  }

  private addToMiddle(values: CubeValues, band: number, { row, column, height, width }: Strip): void {
    const { middle, weights } = this;
    const plane = middle.height * middle.width;
    const mean = 1 / this.info.bands;
    const [red, green, blue] = [0, 1, 2].map(
      (channel) => (weights === null ? mean : (weights[channel]?.[band] ?? 0)) / this.info.fullScale,
    ) as [number, number, number];
    const { rgb } = middle;
    const last = Math.min(row + height, middle.row + middle.height);
    for (let y = Math.max(row, middle.row); y < last; y++) {
      const right = Math.min(column + width, middle.column + middle.width);
      for (let x = Math.max(column, middle.column); x < right; x++) {
        const value = values[(y - row) * width + x - column] ?? 0;
        if (!Number.isFinite(value)) continue;
        const at = (y - middle.row) * middle.width + x - middle.column;
        rgb[at] = (rgb[at] ?? 0) + red * value;
        rgb[plane + at] = (rgb[plane + at] ?? 0) + green * value;
        rgb[2 * plane + at] = (rgb[2 * plane + at] ?? 0) + blue * value;
      }
    }
  }
}

/** Looks at an open cube once, strip by strip: memory stays within a few hundred MB, and cubes beyond 500 million values are
 * looked at in strips evenly spread. */
export async function sampleCube(reader: CubeReader, signal?: AbortSignal): Promise<CubeSample> {
  const { info } = reader;
  const pass = new Pass(info);
  const { windows, looked } = windowsOf(reader);
  for (const window of windows) {
    signal?.throwIfAborted();
    const { row = 0, column = 0, height = info.height, width = info.width } = window;
    await pass.add({ row, column, height, width, values: await reader.read(window) });
  }
  const grid = new Float32Array(pass.grid.length);
  for (let at = 0; at < grid.length; at++)
    grid[at] = (pass.grid[at] ?? 0) / (pass.gridCounts[at % gridBlocks] || 1);
  await nextTurn();
  const { bands, middle, weights, pixels } = pass;
  const [dark, saturated] = [pass.dark / pixels, pass.saturated / pixels];
  const marks = pass.marks.finish();
  return { info, bands, looked, dark, saturated, middle, grid, marks, weights };
}
