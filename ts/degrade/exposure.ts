import { nextTurn } from '../data/cube.js';

/** Bits of a float's pattern that are left out: 12 of the 23 of its fraction stay, so a value is known to 1/4096 of itself. */
const dropped = 11;
const bins = 2 ** (31 - dropped);
const turn = 2 ** 16;

/** Counts values by the patterns of their bits, which for positive floats have the order of the values. */
class Histogram {
  private readonly counts = new Uint32Array(bins);
  private total = 0;

  async add(values: Float32Array): Promise<void> {
    const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let start = 0; start < values.length; start += turn) {
      const end = Math.min(values.length, start + turn);
      for (let i = start; i < end; i++) {
        const value = values[i] ?? 0;
        const bin = value > 0 ? (patterns[i] ?? 0) >>> dropped : 0;
        this.counts[bin] = (this.counts[bin] ?? 0) + 1;
      }
      this.total += end - start;
      await nextTurn();
    }
  }

  /** The least value that so many hundredths of the values do not exceed, to 1/4096 of itself. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((this.total * percent) / 100));
    let seen = 0;
    const bin = this.counts.findIndex((count) => {
      seen += count;
      return seen >= wanted;
    });
    const pattern = new Uint32Array([((bin + 0.5) * 2 ** dropped) >>> 0]);
    return bin <= 0 ? 0 : (new Float32Array(pattern.buffer)[0] ?? 0);
  }
}

/** The factor that brings a percentile of an image's linear values, over all channels, to a level; 1 for an image without light.
 * @param read linear rows of the image, `[3, end - row, width]`. */
export async function autoExposure(
  read: (row: number, end: number) => Promise<Float32Array>,
  height: number,
  rowsAtOnce: number,
  { percentile, level }: { percentile: number; level: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const histogram = new Histogram();
  for (let row = 0; row < height; row += rowsAtOnce) {
    signal?.throwIfAborted();
    await histogram.add(await read(row, Math.min(height, row + rowsAtOnce)));
  }
  const value = histogram.percentile(percentile);
  return value > 0 && Number.isFinite(value) ? level / value : 1;
}
