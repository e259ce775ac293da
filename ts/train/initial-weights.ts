import { createHash } from 'node:crypto';
import { readWeights } from '../io/index.js';
import { compareWeights, modelFacts, plainKeys, requireMatch, underAllNames } from '../models/index.js';
import type { NativeModel } from '../native/index.js';
import { withTensors } from './tensors.js';

/** Puts the weights of a checkpoint into a network, by name.
 * @returns a hash of them, for the record.
 * @throws ModelError `CHECKPOINT_MISMATCH` unless every key fits. */
export async function readInitialWeights(model: NativeModel, file: string): Promise<string> {
  const weights = underAllNames(model, plainKeys((await readWeights(file)).tensors));
  requireMatch(compareWeights(model, weights, modelFacts(model.id).optionalKeys), model.id, file);
  const hash = createHash('sha256');
  for (const [key, { dtype, shape, data }] of weights)
    hash.update(`${key} ${dtype} ${shape.join('x')}\n`).update(data);
  await withTensors(weights, (tensors) => model.load(tensors));
  return `sha256:${hash.digest('hex')}`;
}
