import type { NativeTensor } from '../native/index.js';
import { measureCost, stepsThatFit } from './measure.js';
import type { TrainingData } from './scenes.js';
import { batchesOf, type MachineOptions } from './session.js';

/** Steps between validations at least, unless the user asks for more of them: each may cost as much as several steps. */
const leastInterval = 10;

/** The length of a run, settled before its first step. */
export interface Length {
  steps: number;
  /** As given; else a twentieth of the run, an epoch at most, ten steps at least; in a run by minutes what its time affords. */
  validateEvery: number;
  /** What was measured for a run by minutes, noted in config.json. */
  measured: { minutes: number; secondsPerStep: number } | null;
}

/** Settles how many steps a run makes: as given, by epochs, or by minutes from a short measurement.
 * @param context says when the run began, for reading the data counts too. */
export async function settleLength(
  data: TrainingData,
  options: MachineOptions,
  features: Map<string, NativeTensor> | undefined,
  { started, signal }: { started: number; signal: AbortSignal | undefined },
): Promise<Length> {
  const stepsPerEpoch = batchesOf(data, options).stepsPerEpoch;
  const minutes = minutesOf(options);
  const epochs = options.epochs ?? epochsOf(options);
  const fixed = options.steps ?? (epochs === undefined ? undefined : epochs * stepsPerEpoch);
  if (fixed !== undefined || minutes === undefined) {
    const steps = fixed ?? ('steps' in options.length ? options.length.steps : 1);
    const usual = Math.max(leastInterval, Math.min(Math.ceil(steps / 20), stepsPerEpoch));
    return { steps, validateEvery: options.validateEvery ?? usual, measured: null };
  }
  const cost = await measureCost(data, { options, features }, minutes * 60, signal);
  const secondsLeft = minutes * 60 - (performance.now() - started) / 1000;
  const { steps, validateEvery } = stepsThatFit(cost, Math.max(1, secondsLeft));
  const measured = { minutes, secondsPerStep: cost.secondsPerStep };
  return { steps, validateEvery: options.validateEvery ?? validateEvery, measured };
}

/** The epochs of the recipe, where it says and no other length is given. */
function epochsOf({ minutes, length }: MachineOptions): number | undefined {
  return minutes === undefined && 'epochs' in length ? length.epochs : undefined;
}

function minutesOf({ steps, epochs, minutes, length }: MachineOptions): number | undefined {
  if (steps !== undefined || epochs !== undefined) return undefined;
  return minutes ?? ('minutes' in length ? length.minutes : undefined);
}
