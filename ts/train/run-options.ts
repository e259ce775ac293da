import type { CheckedOptions } from '../config/checked.js';
import { checkedOptions, type TrainGiven, trainTable } from '../config/index.js';
import type { Values } from '../config/validate.js';
import { ConfigError } from '../errors.js';
import { bytesOfSize } from '../reconstruct/memory-size.js';
import { readLossTerms } from './loss-terms.js';
import { type Recipe, type RunKind, recipeFor } from './recipes.js';

type Checked = CheckedOptions<typeof trainTable>;

/** The options of a run with its recipe filled in; what the data and the machine decide is still open. */
export type RunOptions = Omit<Checked, keyof Recipe | 'data' | 'task'> &
  Recipe & { data: string; task: 'spectral' | 'spatial' };

/** What kind of run these options mean. */
export function kindOf({ task, paradigm }: Pick<RunOptions, 'task' | 'paradigm'>): RunKind {
  return task === 'spatial' ? 'spatial' : paradigm;
}

/** Completes what was given: constant defaults, then the recipe. Everything that can be said without reading a file
 * is checked here.
 * @throws {ConfigError} `CONFIG_*`. */
export function completeOptions(given: TrainGiven): RunOptions {
  const checked = checkedOptions(trainTable, given);
  const { data, paradigm, task = 'spectral' } = checked;
  const kind = kindOf({ task, paradigm });
  const options = { ...checked, task, ...recipeFor(kind, checked.recipe, given) };
  readLossTerms(options.loss);
  readSizeFactors(options.sizeFactors);
  checkCache(options);
  if (data === undefined) {
    throw new ConfigError('CONFIG_MISSING', 'train needs --data: a folder of scenes or of RGB images');
  }
  const idle = idleOptions[kind].find((name) => (given[name] ?? 0) !== 0);
  if (idle !== undefined) throw idleError(idle, kind);
  if (options.rgbFolder !== undefined && options.rgb !== 'files' && options.task !== 'spatial') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      "option 'rgbFolder' has no effect without rgb 'files'; give both",
    );
  }
  if (options.camera !== undefined && options.rgb === 'files') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      "option 'camera' has no effect with rgb 'files': it says how RGB is made of cubes; leave one of them out",
    );
  }
  const weights = options.colourWeight + options.similarityWeight + options.perceptualWeight;
  if (paradigm === 'unsupervised' && !(weights > 0)) {
    throw new ConfigError('CONFIG_CONFLICT', 'all weights of the unsupervised loss are 0; give one of them');
  }
  return { ...options, data };
}

function checkCache({
  cache,
  cacheLimit,
  cacheType,
}: Pick<Checked, 'cache' | 'cacheLimit' | 'cacheType'>): void {
  if (cacheLimit !== undefined) bytesOfSize('cacheLimit', cacheLimit, 0);
  if (cache !== 'off' || cacheType === 'stored') return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `option 'cacheType' is '${cacheType}': without a cache, scenes are held as they are stored`,
  );
}

function idleError(option: string, kind: RunKind): ConfigError {
  if (kind !== 'spatial' && spatialOnly.some((name) => name === option)) {
    return new ConfigError(
      'CONFIG_CONFLICT',
      `option '${option}' is for spatial networks (super-resolution): leave it out or name one of them as 'model'`,
    );
  }
  const other = kind === 'spatial' ? 'network' : 'paradigm';
  return new ConfigError(
    'CONFIG_CONFLICT',
    `option '${option}' has no effect in ${kind} training; leave it out or change the ${other}`,
  );
}

const unsupervisedOnly = [
  'colourWeight',
  'similarityWeight',
  'perceptualWeight',
  'smoothStart',
  'perceptualWeights',
  'shift',
  'indices',
  'fixedBands',
] as const;
const spatialOnly = [
  'scale',
  'sizeFactors',
  'stepPer',
  'zeroStart',
  'kernel',
  'noise',
  'patchesPerScene',
] as const;

/** What a kind of run has no use for: refused when given (but a weight of 0 says the same), left out of what is recorded. */
export const idleOptions = {
  supervised: [...unsupervisedOnly, ...spatialOnly],
  unsupervised: ['loss', 'mraeFloor', ...spatialOnly],
  spatial: [...unsupervisedOnly, 'rgb', 'rgbKind', 'rgbFolder', 'response', 'camera', 'stretch', 'compat'],
} as const satisfies Record<RunKind, readonly (keyof TrainGiven)[]>;

/** Sizes as parts of a scene's own, from a list such as `1,0.75,0.5`.
 * @throws {ConfigError} `CONFIG_TYPE` for a number that is not above 0 and at most 1. */
export function readSizeFactors(words: string): number[] {
  const factors = words.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  const wrong = factors.findIndex((factor) => !(factor > 0 && factor <= 1));
  if (wrong >= 0) {
    throw new ConfigError(
      'CONFIG_TYPE',
      `sizeFactors is '${words}': '${words.split(',')[wrong]}' is no number above 0 and up to 1, expected a list such as 1,0.75,0.5`,
    );
  }
  return factors;
}

/** The options of a run whose length is settled, as config.json has them: `train --config` takes them back. */
export function recordedOptions(options: RunOptions & { steps: number }): Values {
  const left = new Set<string>([
    ...idleOptions[kindOf(options)],
    'length',
    'minutes',
    'epochs',
    'overwrite',
    'out',
    'resume',
    // They exclude each other.
    ...(options.split === undefined ? [] : ['valFraction']),
  ]);
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !left.has(name)),
  );
}

/** Options that say where things lie or how often they are saved, and so leave the weights alone. */
const outerOptions: readonly string[] = [
  'data',
  'rgbFolder',
  'checkpointEvery',
  'perceptualWeights',
  'init',
  'response',
  'camera',
  'kernel',
  'split',
  'cache',
  'cacheLimit',
];

/** The options that determine the weights, in the order of their names: what a checkpoint records. Files stand there
 * by their contents (see `CheckpointFacts`), not by their paths. */
export function innerOptions(recorded: Values): Values {
  const names = Object.keys(recorded).filter((name) => !outerOptions.includes(name));
  return Object.fromEntries(names.sort().map((name) => [name, recorded[name]]));
}

/** What may be given beside `resume`. */
const withResume: readonly string[] = [
  'resume',
  'data',
  'cache',
  'cacheLimit',
  'checkpointEvery',
  'perceptualWeights',
  'init',
];

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
