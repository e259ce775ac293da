import test from 'tape';
import { createModel, listModels, type Model } from '../../../ts/models/index.js';
import { type TensorEntries, tensorEntry } from '../../../ts/io/index.js';
import { fromTypedArray, type Tensor, tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { difference, filledModel, image, inferred } from './probes.js';

const small = { width: 4, bands: 5, scale: 2 };

async function meansOf(model: Model): Promise<number[]> {
  const means = model.state().get('band_mean');
  return means === undefined ? [] : Array.from(await means.toTypedArray(), Number);
}

async function madeWith(id: string, options: Record<string, string | number>): Promise<number[]> {
  const model = createModel(id, { width: 4, ...options });
  const means = await meansOf(model);
  model.dispose();
  return means;
}

/** One value a band. */
function vector(values: readonly number[]): Tensor<'float32'> {
  return fromTypedArray(Float32Array.from(values), [values.length], 'float32');
}

for (const { id } of listModels().filter(({ options }) => options.some(({ name }) => name === 'bandMean'))) {
  test(`${id}: the means are those of CAVE at 31 bands, and zeros at any other number`, async (t) => {
    const cave = await madeWith(id, {});
    t.equal(cave.length, 31);
    t.ok(Math.abs((cave[0] ?? 0) - 0.0939) < 1e-7 && Math.abs((cave[30] ?? 0) - 0.1541) < 1e-7, 'CAVE');
    t.deepEqual(await madeWith(id, { bandMean: 'cave' }), cave, 'cave is the default');
    const harvard = await madeWith(id, { bandMean: 'harvard' });
    t.ok(Math.abs((harvard[0] ?? 0) - 0.01) < 1e-7, 'Harvard');
    t.deepEqual(await madeWith(id, { bands: 3 }), [0, 0, 0]);
    t.ok(
      (await madeWith(id, { bandMean: 'none' })).every((mean) => mean === 0),
      'none',
    );
  });

  test(`${id}: means of a data set are refused at another number of bands`, async (t) => {
    for (const bandMean of ['cave', 'harvard']) {
      await failsWith(t, madeWith(id, { bands: 30, bandMean }), 'MODEL_OPTION', /bandMean .* 31 bands/);
    }
    await failsWith(t, madeWith(id, { bandMean: 'pavia' }), 'MODEL_OPTION', /bandMean .* cave/);
  });

  test(`${id}: an offset of a band's input and mean is one of its output`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id, small);
      const x = image([1, 5, 4, 3]);
      const before = await inferred(model, x);
      const offsets = [0.1, -0.2, 0.3, 0.05, 0];
      const means = (await meansOf(model)).map((mean, band) => mean + (offsets[band] ?? 0));
      await model.native.load(new Map([['band_mean', vector(means).native]]));
      const after = await inferred(model, await x.add(vector(offsets).reshape([5, 1, 1])));
      const pixels = before.length / 5;
      const expected = before.map((value, i) => value + (offsets[Math.floor(i / pixels)] ?? 0));
      t.ok(difference(after, expected) < 1e-5);
    });
  });

  test(`${id}: the means are no parameter, are loaded where a file has them and kept where it has none`, async (t) => {
    await tidy(async () => {
      const model = createModel(id, small);
      t.notOk(model.parameters().has('band_mean'), 'no parameter');
      const weights: TensorEntries = new Map();
      for (const [key, { shape, size }] of model.state()) {
        weights.set(key, tensorEntry('float32', shape, new Float32Array(size).fill(1)));
      }
      weights.set('band_mean', tensorEntry('float32', [5], Float32Array.from([1, 2, 3, 4, 5])));
      await model.loadWeights(weights);
      t.deepEqual(await meansOf(model), [1, 2, 3, 4, 5], 'loaded');
      weights.delete('band_mean');
      await model.loadWeights(weights);
      t.deepEqual(await meansOf(model), [1, 2, 3, 4, 5], 'kept');
    });
  });
}
