import { spatialModel, type TrainGiven } from '../config/index.js';
import { ConfigError } from '../errors.js';
import { checkOptions, type ModelFacts, modelFacts } from '../models/index.js';
import type { ModelOptions } from '../native/index.js';
import type { RunOptions } from './run-options.js';

/** Checks the network of a run against the registry, before any data is read.
 * @returns the options with the network's preset and options joined, and whether it is fitted in closed form.
 * @throws ModelError `MODEL_UNKNOWN`, `MODEL_OPTION`, `MODEL_PRESET`; ConfigError `CONFIG_TYPE`. */
export function checkModel(options: RunOptions): RunOptions & { closedForm: boolean } {
  const facts = modelFacts(options.model);
  requireTask(facts, options.task);
  const scale = options.scale === undefined ? {} : { scale: options.scale };
  const modelOptions = checkOptions(facts, { ...options.modelOptions, ...scale }, options.preset);
  checkScale(facts, modelOptions);
  if (options.stepPer === 'band' && !facts.recurrent) {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `'stepPer' is band, and network ${facts.id} computes all bands at once: expected cube`,
    );
  }
  return { ...options, modelOptions, closedForm: facts.closedForm };
}

function requireTask({ id, task }: ModelFacts, asked: string): void {
  if (asked === task) return;
  throw new ConfigError(
    'CONFIG_CONFLICT',
    `network ${id} is of task ${task}, and 'task' is ${asked}: change one of them`,
  );
}

function checkScale({ id, scales }: ModelFacts, { scale }: ModelOptions): void {
  if (scale === undefined || scales.some((known) => known === scale)) return;
  throw new ConfigError('CONFIG_TYPE', `network ${id} has the scales ${scales.join(', ')}; found ${scale}`);
}

/** The scale of a run: as given, or the network's own; 1 for spectral networks. */
export function scaleOf({ model, modelOptions }: Pick<RunOptions, 'model' | 'modelOptions'>): number {
  const fact = modelFacts(model).options.find(({ name }) => name === 'scale');
  return Number(modelOptions?.scale ?? fact?.default ?? 1);
}

/** What was given, with the task that the network has; a spatial run is supervised.
 * @throws ConfigError `CONFIG_CONFLICT` for unsupervised training of a spatial network. */
export function forTask(given: TrainGiven): TrainGiven {
  const model = given.model ?? (given.task === 'spatial' ? spatialModel : undefined);
  if (model === undefined || given.resume !== undefined) return given;
  const facts = modelFacts(model);
  const { id, task } = facts;
  requireTask(facts, given.task ?? task);
  if (task === 'spectral') return given;
  if (given.paradigm === 'unsupervised') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `network ${id} learns from cubes and the same cubes made smaller; it has no unsupervised training`,
    );
  }
  return { task, ...given, model, paradigm: 'supervised' };
}

/** Patches only carry the pixels of a fit: small ones leave little of a scene's border out. */
const pixelwisePatch = 32;

/** What was given for a network in closed form, brought to what it has: pairs of RGB and cube, one pass, no averages.
 * @throws ConfigError `CONFIG_CONFLICT` for unsupervised training. */
export function forClosedForm(given: TrainGiven): TrainGiven {
  if (given.model === undefined || given.resume !== undefined) return given;
  const facts = modelFacts(given.model);
  if (!facts.closedForm) return given;
  if (given.paradigm === 'unsupervised') {
    throw new ConfigError(
      'CONFIG_CONFLICT',
      `network ${facts.id} is fitted to cubes in closed form; it has no unsupervised training`,
    );
  }
  const fixed = { paradigm: 'supervised', ema: 0, steps: 1, epochs: undefined, minutes: undefined } as const;
  return { patch: pixelwisePatch, ...given, ...fixed };
}
