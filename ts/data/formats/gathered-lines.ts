import { allocateValues, type CubeValues, nextTurn } from '../cube.js';
import type { CubePlan } from './format.js';

/** Bands copied between two turns of the event loop. */
const bandsAtOnce = 8;

/** Lines that wait until there are as many as a container packs together. */
export class GatheredLines {
  /** `[bands, size, across]`, of which the first `filled` lines of each band count. */
  readonly values: CubeValues;
  filled = 0;

  /** @param size lines that are packed together. @param across values of a line. */
  constructor(
    private readonly plan: Pick<CubePlan, 'bands' | 'dtype'>,
    private readonly size: number,
    private readonly across: number,
  ) {
    this.values = allocateValues(plan.dtype, plan.bands * size * across);
  }

  /** Takes lines, `[bands, count, across]`, and calls `flush`, which empties this, whenever as many as wanted are there. */
  async add(count: number, values: CubeValues, flush: () => Promise<void>): Promise<void> {
    const { size, across } = this;
    for (let taken = 0; taken < count; ) {
      const some = Math.min(count - taken, size - this.filled);
      for (let band = 0; band < this.plan.bands; band++) {
        const from = (band * count + taken) * across;
        const to = (band * size + this.filled) * across;
        this.values.set(values.subarray(from, from + some * across), to);
        if ((band + 1) % bandsAtOnce === 0) await nextTurn();
      }
      taken += some;
      this.filled += some;
      if (this.filled === size) await flush();
    }
  }
}
