/** Steps a second over the last half minute, and the time that is left at that rate. */
export class Rate {
  readonly #window = 30;
  readonly #steps: number;
  #points: { step: number; time: number }[] = [];

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** @param time seconds, from any origin. */
  at(step: number, time: number): { stepsPerSecond: number; remainingSeconds: number } {
    this.#points = this.#points.filter(
      (point) => time - point.time <= this.#window || point === this.#points.at(-1),
    );
    this.#points.push({ step, time });
    const first = this.#points[0] ?? { step, time };
    const stepsPerSecond = time > first.time ? (step - first.step) / (time - first.time) : 0;
    const remainingSeconds = stepsPerSecond > 0 ? (this.#steps - step) / stepsPerSecond : 0;
    return { stepsPerSecond, remainingSeconds };
  }
}
