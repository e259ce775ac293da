import test from 'tape';
import { listModels, modelFacts, sizeOptions } from '../../../ts/models/index.js';
import { type NativeModel, type NativeTrainerConfig, native } from '../../../ts/native/index.js';
import { size, tinyConfig, tinyResponse, tinyStore, unsupervised } from '../train/tiny.js';
import { isUnused } from './unused.js';

const patch = 16;
/** Of a network of fixed size; the patch is padded to it. In a much smaller one, units may happen to stay at rest. */
const side = 64;
const steps = 8;

/** Bytes of each trainable parameter. */
async function snapshot(model: NativeModel): Promise<Map<string, string>> {
  const result = new Map<string, string>();
  for (const [key, tensor] of model.state()) {
    if (!tensor.requiresGrad) continue;
    const { buffer, byteOffset, byteLength } = await native().toTypedArray(tensor);
    result.set(key, Buffer.from(buffer, byteOffset, byteLength).toString('base64'));
    tensor.dispose();
  }
  return result;
}

/** Trains on one and the same patch, and returns the loss of each step. */
async function losses(
  model: NativeModel,
  lr: number,
  changes: Partial<NativeTrainerConfig>,
): Promise<number[]> {
  const store = tinyStore(1);
  const config = tinyConfig({
    batch: 1,
    patch,
    optimizer: { kind: 'adam', lr },
    schedule: { kind: 'constant' },
    camera: { response: tinyResponse(), rgbBands: 3 },
    ...changes,
  });
  const trainer = native().createTrainer(model, store, config);
  const result: number[] = [];
  try {
    trainer.appendPlan(Int32Array.from(Array(steps).fill([0, 2, 2, 0]).flat()));
    for (let step = 1; step <= steps; step++) {
      await trainer.run(step);
      result.push(trainer.progress().losses.total ?? Number.NaN);
    }
  } finally {
    trainer.dispose();
    store.dispose();
  }
  return result;
}

/** Whether the last loss is below the first. */
function falls(values: readonly number[]): boolean {
  return (values.at(-1) ?? 0) < (values[0] ?? 0);
}

const paradigms: Readonly<Record<string, Partial<NativeTrainerConfig>>> = {
  supervised: { paradigm: 'supervised', loss: { terms: { l1: 1 } } },
  unsupervised,
};

/** Trains a network from one start: its losses, and the used parameters that have not moved. */
async function trained(
  id: string,
  lr: number,
  changes: Partial<NativeTrainerConfig>,
  seed: number,
): Promise<{ values: number[]; idle: string[] }> {
  const facts = modelFacts(id);
  const options = { inBands: 3, outBands: size.bands, ...sizeOptions(facts, side, side) };
  const model = native().createModel(id, options, seed);
  try {
    const before = await snapshot(model);
    const values = await losses(model, lr, changes);
    const after = await snapshot(model);
    const still = [...before.keys()].filter((key) => before.get(key) === after.get(key));
    return { values, idle: still.filter((key) => !isUnused(facts, key)) };
  } finally {
    model.dispose();
  }
}

for (const { id, closedForm, task } of listModels()) {
  for (const [paradigm, changes] of Object.entries(paradigms)) {
    test(`${id} learns ${paradigm}, in every parameter that it uses`, {
      skip: closedForm || task !== 'spectral',
    }, async (t) => {
      const { values: first, idle } = await trained(id, 2e-4, changes, 3);
      // Deep transformers begin at a lower rate: at the first one their loss may rise before it falls.
      const values = falls(first) ? first : (await trained(id, 2e-5, changes, 3)).values;
      t.ok(falls(values), `loss ${values.map((value) => value.toFixed(4)).join(' ')}`);
      // The slope of a few hidden values (PReLU) gets no gradient where none of them is negative: not from every start.
      const again = idle.length === 0 ? idle : (await trained(id, 2e-4, changes, 4)).idle;
      const never = idle.filter((key) => again.includes(key));
      t.deepEqual(never, [], 'every used parameter has moved');
    });
  }
}
