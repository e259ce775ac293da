import type { TrainingData } from './scenes.js';
import { type MachineOptions, openSession, type SessionParts } from './session.js';

/** What a step and a validation cost on this machine. */
export interface Cost {
  secondsPerStep: number;
  secondsPerValidation: number;
}

/** Validations of a run whose length is given in minutes. */
const validations = 8;
/** A part of the time is left for checkpoints and the machine's moods. */
const safety = 0.97;

/** Trains a network of the same kind for a few seconds and throws it away. The first step, which sets things up, is
 * not counted. */
export async function measureCost(
  data: TrainingData,
  parts: Omit<SessionParts, 'steps' | 'from'>,
  budgetSeconds: number,
  signal?: AbortSignal,
): Promise<Cost> {
  const session = await openSession(data, { ...parts, steps: 1_000_000, from: 0 });
  const { trainer, feed } = session;
  const stop = (): void => trainer.pause();
  signal?.addEventListener('abort', stop);
  try {
    const longest = Math.min(4, 0.05 * budgetSeconds);
    const timed = async (until: number): Promise<number> => {
      const start = performance.now();
      feed.feed(trainer, until);
      await trainer.run(until);
      signal?.throwIfAborted();
      return (performance.now() - start) / 1000;
    };
    await timed(1);
    let [step, seconds, chunk] = [1, 0, 1];
    while (step < 2 || (seconds < longest && step < 200)) {
      seconds += await timed(step + chunk);
      step += chunk;
      chunk = Math.min(chunk * 2, 16);
    }
    const start = performance.now();
    await trainer.validate(data.validationPlan);
    return { secondsPerStep: seconds / (step - 1), secondsPerValidation: (performance.now() - start) / 1000 };
  } finally {
    signal?.removeEventListener('abort', stop);
    session.dispose();
  }
}

/** The steps that fit into what is left of the time, and the interval of validations. */
export function stepsThatFit(cost: Cost, secondsLeft: number): number {
  const forSteps = secondsLeft * safety - validations * cost.secondsPerValidation;
  return Math.max(1, Math.floor(Math.max(forSteps, 0.3 * secondsLeft) / cost.secondsPerStep));
}

/** Steps between validations where the user gives none: a twentieth of the run, an epoch at most; in a run by minutes an
 * eighth, for each costs time. */
export function validationInterval(options: MachineOptions, steps: number, stepsPerEpoch: number): number {
  if (options.validateEvery !== undefined) return options.validateEvery;
  if (options.minutes !== undefined) return Math.max(1, Math.ceil(steps / validations));
  return Math.max(1, Math.min(Math.ceil(steps / 20), stepsPerEpoch));
}
