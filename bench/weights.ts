import { type CheckpointFacts, checkpointMetadata, writeSafetensors } from '../ts/io/index.js';
import { createModel } from '../ts/models/index.js';
import type { ModelOptions } from '../ts/native/types.js';
import { entriesOf } from '../ts/train/tensors.js';
import { packageVersion } from '../ts/version.js';

/** Bands of the papers. */
export const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

/** Writes a checkpoint of a network with its initial weights: time and memory do not depend on their values. */
export async function writeWeights(
  file: string,
  { id, options = {} }: { id: string; options?: ModelOptions },
  trained: Pick<CheckpointFacts, 'paradigm' | 'rgb' | 'config'>,
): Promise<void> {
  const model = createModel(id, options, { seed: 1 });
  const facts: CheckpointFacts = {
    ...trained,
    hyperlift: packageVersion(),
    model: model.id,
    options: model.options,
    wavelengths,
    step: 0,
    best: null,
    data: 'none',
    perceptual: 'none',
    init: null,
    protocol: 'field',
    kernel: null,
    heldBack: [],
    baseline: null,
  };
  await writeSafetensors(file, await entriesOf(model.native.state()), checkpointMetadata(facts));
}
