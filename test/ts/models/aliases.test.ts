import test from 'tape';
import { type TensorEntries, tensorEntry } from '../../../ts/io/index.js';
import { createModel, listModels, type Model, underAllNames } from '../../../ts/models/index.js';
import { native } from '../../../ts/native/index.js';
import { tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { tinyConfig, tinyPlan, tinyStore, size } from '../train/tiny.js';
import { filledModel, image } from './probes.js';

/** Networks in which one parameter stands under several names. */
const shared = listModels().filter(({ id }) => {
  const model = createModel(id);
  const { aliases } = model.native;
  model.dispose();
  return Object.keys(aliases).length > 0;
});

async function entriesOf(model: Model): Promise<TensorEntries> {
  const entries: TensorEntries = new Map();
  for (const [key, tensor] of model.state()) {
    entries.set(key, tensorEntry(tensor.dtype, tensor.shape, await tensor.toTypedArray()));
  }
  return entries;
}

async function firstValue(model: Model, key: string): Promise<number> {
  return Number((await model.state().get(key)?.toTypedArray())?.[0]);
}

async function valueUnder(model: Model, key: string): Promise<string> {
  return String(await model.state().get(key)?.toTypedArray());
}

for (const { id } of shared) {
  test(`${id}: a parameter with several names is one, counted and trained once`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const aliases = Object.entries(model.native.aliases);
      const parameters = model.parameters();
      const frozen = model.state().get('sort.conv.weight')?.size ?? 0;
      const count = [...parameters.values()].reduce((sum, { size }) => sum + size, frozen);
      t.equal(count, model.parametersCount, 'counted once');
      t.ok(
        aliases.every(([name]) => !parameters.has(name)),
        'an optimizer gets it once',
      );
      t.ok(
        aliases.every(([, first]) => parameters.has(first)),
        'by its first name',
      );
      const [name = '', first = ''] = aliases.at(-1) ?? [];
      const before = await firstValue(model, first);
      const handles = new Map([...parameters].map(([key, tensor]) => [key, tensor.native]));
      const optimizer = native().createOptimizer(handles, { kind: 'adam' });
      await (await (await model.forward(image([1, 3, 16, 16]))).square())
        .mean()
        .then((loss) => loss.backward());
      await optimizer.step(0.01, 0);
      t.ok(Math.abs(Math.abs((await firstValue(model, name)) - before) - 0.01) < 1e-3, 'one step of Adam');
      t.equal(await valueUnder(model, name), await valueUnder(model, first), 'the same under another name');
    });
  });

  test(`${id}: weights load with any of the names, and not when they differ`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const [name = '', first = ''] = Object.entries(model.native.aliases).at(-1) ?? [];
      const whole = await entriesOf(model);
      t.equal(whole.size, model.state().size, 'every name is written');
      const one = new Map([...whole].filter(([key]) => key === name || !isOf(model, key, first)));
      const other = createModel(id, {}, { seed: 5 });
      const report = await other.loadWeights(one);
      t.equal(report.matching.length, whole.size, 'one of the names is enough');
      t.equal(await valueUnder(other, first), await valueUnder(model, first));
      const none = new Map([...whole].filter(([key]) => !isOf(model, key, first)));
      await failsWith(t, other.loadWeights(none), 'CHECKPOINT_MISMATCH', /missing/);
      const twice = underAllNames(model.native, whole);
      const { shape = [] } = whole.get(name) ?? {};
      const sevens = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(7);
      twice.set(name, tensorEntry('float32', shape, sevens));
      await failsWith(t, other.loadWeights(twice), 'CHECKPOINT_MISMATCH', /differ, and are one parameter/);
    });
  });

  test(`${id}: averaged weights agree under all names`, async (t) => {
    const model = native().createModel(id, { outBands: size.bands }, 3);
    const store = tinyStore(2);
    const trainer = native().createTrainer(model, store, { ...tinyConfig(), ema: 0.9 });
    trainer.appendPlan(tinyPlan(1));
    await trainer.run(1);
    const weights = await trainer.weights();
    const values = new Map<string, string>();
    for (const [key, tensor] of weights) values.set(key, String(await native().toTypedArray(tensor)));
    for (const [name, first] of Object.entries(model.aliases)) {
      if (values.get(name) !== values.get(first)) t.fail(`${name} differs from ${first}`);
    }
    t.equal(values.size, model.state().size, 'every name is written');
    trainer.dispose();
    store.dispose();
    model.dispose();
  });
}

/** Whether a key is a name of the parameter whose first name is given. */
function isOf(model: Model, key: string, first: string): boolean {
  return key === first || model.native.aliases[key] === first;
}
