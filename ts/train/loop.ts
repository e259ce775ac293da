import type { Every } from '../config/settings.js';
import { RunError } from '../errors.js';
import type { NativeProgress, NativeTrainer } from '../native/types.js';
import type { PlanFeed } from './plan-feed.js';

/** What the loop drives and calls. */
export interface LoopParts {
  trainer: Pick<NativeTrainer, 'run' | 'pause' | 'progress' | 'appendPlan'>;
  feed: PlanFeed;
  /** First step to make, and the step to reach. */
  from: number;
  steps: number;
  validateEvery: number;
  checkpointEvery: Every;
  /** Looks at the held-back patches; called at multiples of `validateEvery` and at the end. */
  validate(step: number): Promise<void>;
  /** Writes last.safetensors. */
  save(step: number): Promise<void>;
  /** The newest state, a few times a second at most. */
  onProgress(progress: NativeProgress): void;
  signal: AbortSignal | undefined;
}

const pollMilliseconds = 250;

function nextMultiple(step: number, interval: number): number {
  return (Math.floor(step / interval) + 1) * interval;
}

/** Trains until the last step. Validation depends on steps only, never on time, so that equal runs choose equally;
 * checkpoints may come by time, for they change nothing.
 * @throws {RunError} `RUN_ABORTED` after a checkpoint, when the signal aborts. */
export async function runLoop(parts: LoopParts): Promise<void> {
  const { trainer, feed, steps, validateEvery, signal } = parts;
  const due = new CheckpointClock(parts.checkpointEvery, parts.from);
  const stop = (): void => trainer.pause();
  const timer = setInterval(() => {
    parts.onProgress(trainer.progress());
    if (due.byTime()) trainer.pause();
  }, pollMilliseconds);
  signal?.addEventListener('abort', stop);
  try {
    let step = parts.from;
    while (step < steps) {
      if (signal?.aborted === true) await stopHere(parts, step);
      const until = Math.min(steps, nextMultiple(step, validateEvery), due.nextStep(step));
      feed.feed(trainer, until);
      ({ step } = await trainer.run(until));
      parts.onProgress(trainer.progress());
      if (signal?.aborted === true) await stopHere(parts, step);
      if (step === steps || step % validateEvery === 0) await parts.validate(step);
      if (step === steps || due.now(step)) {
        await parts.save(step);
        due.done(step);
      }
    }
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

async function stopHere(parts: LoopParts, step: number): Promise<never> {
  await parts.save(step);
  const words = `stopped after step ${step} of ${parts.steps}; a checkpoint was written`;
  throw new RunError('RUN_ABORTED', words, { cause: parts.signal?.reason });
}

/** Tells when a checkpoint is due. */
class CheckpointClock {
  readonly #every: Every;
  #last: number;
  #since = performance.now();

  constructor(every: Every, from: number) {
    this.#every = every;
    this.#last = from;
  }

  byTime(): boolean {
    return 'minutes' in this.#every && performance.now() - this.#since >= this.#every.minutes * 60_000;
  }

  nextStep(step: number): number {
    return 'steps' in this.#every ? nextMultiple(step, this.#every.steps) : Number.POSITIVE_INFINITY;
  }

  now(step: number): boolean {
    if (step === this.#last) return false;
    return 'steps' in this.#every ? step % this.#every.steps === 0 : this.byTime();
  }

  done(step: number): void {
    this.#last = step;
    this.#since = performance.now();
  }
}
