import type { CheckedOptions } from '../config/checked.js';
import { checkedOptions, type TrainGiven, trainTable } from '../config/index.js';
import type { Values } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { readLossTerms } from './loss-terms.js';
import { type Paradigm, type Recipe, recipeFor } from './recipes.js';

type Checked = CheckedOptions<typeof trainTable>;

/** The options of a run with its recipe filled in; what the data and the machine decide is still open. */
export type RunOptions = Omit<Checked, keyof Recipe | 'data'> & Recipe & { data: string };

/** Completes what was given: constant defaults, then the recipe. Everything that can be said without reading a file
 * is checked here.
 * @throws {ConfigError} `CONFIG_*`. */
export function completeOptions(given: TrainGiven): RunOptions {
  const checked = checkedOptions(trainTable, given);
  const { data, paradigm } = checked;
  const options = { ...checked, ...recipeFor(paradigm, checked.recipe, given) };
  readLossTerms(options.loss);
  if (data === undefined) {
    throw new ConfigError('CONFIG_MISSING', 'train needs --data: a folder of scenes or of RGB images');
  }
  const idle = idleOptions[paradigm].find((name) => (given[name] ?? 0) !== 0);
  if (idle !== undefined) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `option '${idle}' has no effect in ${paradigm} training; leave it out or change the paradigm`,
    );
  }
  const weights = options.colourWeight + options.similarityWeight + options.perceptualWeight;
  if (paradigm === 'unsupervised' && !(weights > 0)) {
    throw new ConfigError('CONFIG_CONFLICT', 'all weights of the unsupervised loss are 0; give one of them');
  }
  return { ...options, data };
}

/** What a paradigm has no use for: refused when given (but a weight of 0 says the same), left out of what is recorded. */
export const idleOptions = {
  supervised: [
    'colourWeight',
    'similarityWeight',
    'perceptualWeight',
    'smoothStart',
    'perceptualWeights',
    'shift',
    'indices',
    'fixedBands',
  ],
  unsupervised: ['loss', 'mraeFloor'],
} as const satisfies Record<Paradigm, readonly (keyof TrainGiven)[]>;

/** The options of a run whose length is settled, as config.json has them: `train --config` takes them back. */
export function recordedOptions(options: RunOptions & { steps: number }): Values {
  const left = new Set<string>([
    ...idleOptions[options.paradigm],
    'length',
    'minutes',
    'epochs',
    'overwrite',
    'out',
    'resume',
  ]);
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !left.has(name)),
  );
}

/** Options that say where things lie or how often they are saved, and so leave the weights alone. */
const outerOptions: readonly string[] = ['data', 'checkpointEvery', 'perceptualWeights', 'init', 'response'];

/** The options that determine the weights, in the order of their names: what a checkpoint records. Files stand there
 * by their contents (see `CheckpointFacts`), not by their paths. */
export function innerOptions(recorded: Values): Values {
  const names = Object.keys(recorded).filter((name) => !outerOptions.includes(name));
  return Object.fromEntries(names.sort().map((name) => [name, recorded[name]]));
}

/** What may be given beside `resume`. */
const withResume: readonly string[] = ['resume', 'data', 'checkpointEvery', 'perceptualWeights', 'init'];

/** @throws {ConfigError} `CONFIG_CONFLICT` for an option that a resumed run takes from its own folder. */
export function checkResumeOptions(given: TrainGiven): void {
  const other = Object.entries(given).find(
    ([name, value]) => value !== undefined && !withResume.includes(name),
  );
  if (other === undefined) return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `option '${other[0]}' cannot be given with 'resume': a resumed run keeps its own configuration`,
  );
}
