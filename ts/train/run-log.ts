import type { TrainEvent } from './events.js';
import type { RunFolder } from './run-folder.js';

/** Seconds between two lines of the log about mere steps. */
const betweenSteps = 2;

/** Sends events to the caller and to log.jsonl. Lines are held back until `open`, when the folder is the run's own, and
 * written in order, in the background; a failed write is thrown at the next `flush`. */
export class RunLog {
  readonly #folder: RunFolder;
  readonly #listener: ((event: TrainEvent) => void) | undefined;
  #writing: Promise<void>;
  /** Lets the lines out that were held back. */
  readonly open: () => void;
  #failure: unknown;
  #lastStep = { time: Number.NEGATIVE_INFINITY, step: -1 };

  constructor(folder: RunFolder, listener: ((event: TrainEvent) => void) | undefined) {
    this.#folder = folder;
    this.#listener = listener;
    let open = (): void => {};
    this.#writing = new Promise((resolve) => {
      open = resolve;
    });
    this.open = open;
  }

  send(event: TrainEvent): void {
    this.#listener?.(event);
    if (event.type === 'step' && !this.#worthALine(event.step, event.steps)) return;
    const line = { time: new Date().toISOString(), ...event };
    this.#writing = this.#writing
      .then(() => this.#folder.log(line))
      .catch((error) => {
        this.#failure ??= error;
      });
  }

  /** Waits until all lines are written.
   * @throws what a write threw. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits like `flush`, without an opinion on failures. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #worthALine(step: number, steps: number): boolean {
    const time = performance.now() / 1000;
    if (step === this.#lastStep.step) return false;
    if (step < steps && time - this.#lastStep.time < betweenSteps) return false;
    this.#lastStep = { time, step };
    return true;
  }
}
