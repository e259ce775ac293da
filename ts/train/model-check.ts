import type { TrainGiven } from '../config/index.js';
import { ConfigError } from '../errors.js';
import { checkOptions, modelFacts } from '../models/index.js';
import type { RunOptions } from './run-options.js';

/** Checks the network of a run against the registry, before any data is read.
 * @returns the options with the network's preset and options joined, and whether it is fitted in closed form.
 * @throws ModelError `MODEL_UNKNOWN`, `MODEL_OPTION`, `MODEL_PRESET`; ConfigError `CONFIG_TYPE`. */
export function checkModel(options: RunOptions): RunOptions & { closedForm: boolean } {
  const facts = modelFacts(options.model);
  if (facts.task !== 'spectral') {
    throw new ConfigError(
      'CONFIG_TYPE',
      `network ${facts.id} makes images larger (task ${facts.task}); train lifts RGB to bands, which takes one of task spectral`,
    );
  }
  const modelOptions = checkOptions(facts, options.modelOptions ?? {}, options.preset);
  return { ...options, modelOptions, closedForm: facts.closedForm };
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
