import type { TrainingData } from './scenes.js';
import { openSession, type SessionParts } from './session.js';

/** What a step and a validation cost on this machine. */
export interface Cost {
  secondsPerStep: number;
  secondsPerValidation: number;
}

/** Validations of a run whose length is given in minutes: few enough to cost about this share of it. */
const validationShare = 0.08;
const [fewest, most] = [3, 12];
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

/** The steps that fit into what is left of the time beside the validations, and the interval of these. */
export function stepsThatFit(
  { secondsPerStep, secondsPerValidation }: Cost,
  secondsLeft: number,
): { steps: number; validateEvery: number } {
  const affordable = Math.floor((validationShare * secondsLeft) / secondsPerValidation);
  const validations = Math.min(most, Math.max(fewest, affordable));
  const forSteps = secondsLeft * safety - validations * secondsPerValidation;
  const steps = Math.max(1, Math.floor(Math.max(forSteps, 0.3 * secondsLeft) / secondsPerStep));
  return { steps, validateEvery: Math.ceil(steps / validations) };
}
