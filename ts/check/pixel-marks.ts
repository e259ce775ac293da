import type { CubeValues } from '../data/index.js';

/** Marks that are kept of a scene. */
const kept = 512;
/** Marks gathered before the least are chosen. */
const gathered = 8192;
/** Two scenes with this many marks in common show the same pixels: by chance they have hardly one. */
const sameFrom = 8;
/** Values are compared in steps of full scale in 16 bits: the same in floats and in whole numbers. */
const steps = 65535;

/** Marks of pixels by their whole spectra, the least of all of a scene (bottom-k sketch): of a crop and the scene it was cut from
 * as many are in common as is its part of the area, wherever it was cut, in whatever container. */
export class PixelMarks {
  private marks: number[] = [];
  private limit = Number.POSITIVE_INFINITY;

  /** Takes in one band of the pixels of a strip.
   * @param hashes of these pixels, to be carried from band to band; 0 at the first.
   * @param first the values of the first band. @param varies set to 1 where a pixel's values differ. */
  static mix(
    values: CubeValues,
    { first, hashes, varies }: { first: CubeValues; hashes: Int32Array; varies: Uint8Array },
    fullScale: number,
  ): void {
    const scale = steps / fullScale;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (value !== first[i]) varies[i] = 1;
      const mixed = Math.imul((hashes[i] ?? 0) ^ Math.round(value * scale), 0x5bd1e995);
      hashes[i] = mixed ^ (mixed >>> 15);
    }
  }

  /** Takes in finished pixels; those of one value in all bands (black, saturated) mark nothing. */
  add(hashes: Int32Array, varies: Uint8Array): void {
    for (let i = 0; i < hashes.length; i++) {
      const mark = (hashes[i] ?? 0) >>> 0;
      if (varies[i] === 1 && mark < this.limit) this.marks.push(mark);
      if (this.marks.length >= gathered) this.choose();
    }
  }

  private choose(): void {
    const ascending = Uint32Array.from(this.marks).sort();
    const least: number[] = [];
    for (const mark of ascending) {
      if (least.length === kept) break;
      if (mark !== least.at(-1)) least.push(mark);
    }
    this.marks = least;
    if (least.length === kept) this.limit = least.at(-1) ?? this.limit;
  }

  /** The least marks, ascending. */
  finish(): readonly number[] {
    this.choose();
    return this.marks;
  }
}

/** Whether two scenes have pixels in common. */
export function sharePixels(a: readonly number[], b: readonly number[]): boolean {
  let [common, i, j] = [0, 0, 0];
  while (i < a.length && j < b.length && common < sameFrom) {
    const [x = 0, y = 0] = [a[i], b[j]];
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return common >= sameFrom;
}
