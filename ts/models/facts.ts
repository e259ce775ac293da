import { didYouMean } from '../config/suggest.js';
import { ModelError } from '../errors.js';
import { type NativeModelFacts, native } from '../native/index.js';

/** What a network registers about itself: names, source, size rule, options with their defaults. */
export type ModelFacts = Readonly<NativeModelFacts>;

/** Facts of every network of this build, by id. */
export function listModels(): ModelFacts[] {
  return native().listModels();
}

/** Facts of one network.
 * @throws {ModelError} `MODEL_UNKNOWN`, naming the nearest id. */
export function modelFacts(id: string): ModelFacts {
  const all = listModels();
  const found = all.find((facts) => facts.id === id);
  if (found !== undefined) return found;
  const ids = all.map((facts) => facts.id);
  throw new ModelError('MODEL_UNKNOWN', `no network is called '${id}'${didYouMean(id, ids)}`);
}
