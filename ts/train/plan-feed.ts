/** Rows of one sample in a batch plan: scene, row, column, augmentation. */
const rowLength = 4;

/** Hands the batch plan to the native loop, epoch by epoch, from any step on: what was planned for a step depends on
 * the seed and the step alone, so a resumed run sees the batches it would have seen. */
export class PlanFeed {
  readonly stepsPerEpoch: number;
  /** Patches of an epoch. */
  readonly patches: number;
  readonly #rowsPerStep: number;
  readonly #plan: (epoch: number) => Int32Array;
  #fed: number;

  /** @param plan shuffled patches of an epoch, from the seed and the epoch.
   * @param rowsPerStep patches of a step: batch times accumulated batches.
   * @param from the first step to feed. */
  constructor(plan: (epoch: number) => Int32Array, rowsPerStep: number, from: number) {
    this.#plan = plan;
    this.#rowsPerStep = rowsPerStep;
    this.#fed = from;
    this.patches = plan(0).length / rowLength;
    // The last, incomplete batch of an epoch is dropped; too few patches for one batch are repeated to fill it.
    this.stepsPerEpoch = Math.max(1, Math.floor(this.patches / rowsPerStep));
  }

  /** Hands over what is needed to reach `step`, and not yet handed over. */
  feed(trainer: { appendPlan(plan: Int32Array): void }, step: number): void {
    while (this.#fed < step) {
      const epoch = Math.floor(this.#fed / this.stepsPerEpoch);
      const within = this.#fed - epoch * this.stepsPerEpoch;
      trainer.appendPlan(this.#rows(epoch).subarray(within * this.#rowsPerStep * rowLength));
      this.#fed += this.stepsPerEpoch - within;
    }
  }

  /** The rows of one step. */
  rowsOf(step: number): Int32Array {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const length = this.#rowsPerStep * rowLength;
    const start = (step - epoch * this.stepsPerEpoch) * length;
    return this.#rows(epoch).subarray(start, start + length);
  }

  #rows(epoch: number): Int32Array {
    const plan = this.#plan(epoch);
    const length = this.stepsPerEpoch * this.#rowsPerStep * rowLength;
    if (plan.length >= length) return plan.subarray(0, length);
    return Int32Array.from({ length }, (_, i) => plan[i % plan.length] ?? 0);
  }
}
