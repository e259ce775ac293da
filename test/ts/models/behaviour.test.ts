import test from 'tape';
import {
  createModel,
  listModels,
  type Model,
  type ModelFacts,
  modelFacts,
} from '../../../ts/models/index.js';
import { native } from '../../../ts/native/index.js';
import { fromTypedArray, noGrad, type Tensor, tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { difference, filledModel, image, inferred } from './probes.js';
import { isUnused } from './unused.js';

/** Mean square of the difference to a fixed target. */
async function lossOf(model: Model, x: Tensor): Promise<Tensor> {
  const y = await model.forward(x);
  return (await (await y.sub(image(y.shape, 'target'))).square()).mean();
}

/** Names of all parameters and buffers, in their order. */
function keysOf(id: string): string[] {
  const model = createModel(id);
  const keys = [...model.state().keys()];
  model.dispose();
  return keys;
}

/** Parameters that the loss does not reach with weights of this name. */
async function keysWithoutGradient(id: string, name: string): Promise<string[]> {
  const { unused } = modelFacts(id);
  const without: string[] = [];
  await tidy(async () => {
    const model = await filledModel(id, {}, name);
    await (await lossOf(model, input(modelFacts(id), 2, 16, 16))).backward();
    for (const [key, parameter] of model.state()) {
      if (!parameter.requiresGrad && !isUnused({ unused }, key)) continue; // a buffer
      const grad = parameter.grad === null ? [] : await parameter.grad.toTypedArray();
      if (!Array.from(grad, Number).some((value) => value !== 0)) without.push(key);
    }
  });
  return without;
}

async function makes(id: string, options: Record<string, number>): Promise<void> {
  createModel(id, options).dispose();
}

/** An image or cube that a network with default options takes. The low-resolution cubes of spatial networks are small: their work
 * grows with the bands. */
function input(facts: ModelFacts, batch: number, height: number, width: number): Tensor<'float32'> {
  if (facts.task === 'spectral') return image([batch, 3, height, width]);
  const bands = facts.options.find(({ name }) => name === 'bands')?.default;
  return image([batch, Number(bands ?? facts.bands.least + 2), height / 4, width / 4]);
}

/** Numbers of bands other than the defaults, and the scale, of a network's test of sizes. */
function bandsOf({ task, bands, options }: ModelFacts) {
  if (task === 'spectral') {
    const [inBands, outBands] = [bands.in || 4, bands.out || 5];
    return { given: { inBands, outBands }, inBands, outBands, scale: 1 };
  }
  const count = bands.least + 3;
  const given = options.some(({ name }) => name === 'bands') ? { bands: count } : {};
  return { given: { ...given, scale: 2 }, inBands: count, outBands: count, scale: 2 };
}

for (const facts of listModels()) {
  const { id } = facts;
  const { given, inBands, outBands, scale } = bandsOf(facts);

  test(`${id}: any size, batch and number of bands goes in, and its size or scale times it comes out`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id, given);
      for (const [batch, height, width] of [
        [1, 16, 16],
        [2, 9, 15],
        [1, 1, 1],
        [1, 3, 2],
      ] as const) {
        const y = await noGrad(() => model.forward(image([batch, inBands, height, width])));
        t.deepEqual(y.shape, [batch, outBands, scale * height, scale * width], `${height} x ${width}`);
        t.ok((await y.toTypedArray()).every(Number.isFinite), 'finite');
      }
    });
  });

  test(`${id}: what its architecture cannot take is refused by name`, async (t) => {
    for (const [name, only] of [
      ['inBands', facts.bands.in],
      ['outBands', facts.bands.out],
      ['bands', 0],
    ] as const) {
      if (!facts.options.some((option) => option.name === name)) continue;
      const expected = only === 0 ? /expected at least 1/ : new RegExp(`expected ${only}`);
      const given = only === 0 ? 0 : only + 1;
      await failsWith(t, makes(id, { [name]: given }), 'MODEL_OPTION', expected);
    }
    if (facts.scales.length > 0) {
      await failsWith(t, makes(id, { scale: 5 }), 'MODEL_OPTION', /scale is 5, expected one of \d/);
      await tidy(async () => {
        const few = createModel(id).forward(image([1, facts.bands.least - 1, 8, 8]));
        await failsWith(t, few, 'TENSOR_SHAPE', /expected \[batch, /);
      });
    }
    if (facts.size.fixed) {
      await tidy(async () => {
        const model = createModel(id);
        const wide = model.forward(image([1, 3, 8, Number(model.options.imageWidth) + 1]));
        await failsWith(t, wide, 'TENSOR_SHAPE', /imageWidth/);
      });
    }
  });

  test(`${id}: the samples of a batch do not see each other`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const both = input(facts, 2, 16, 24);
      const values = await both.toTypedArray();
      const shape = [1, ...both.shape.slice(1)];
      const second = fromTypedArray(values.slice(values.length / 2), shape, 'float32');
      const whole = await inferred(model, both);
      const error = difference(whole.slice(whole.length / 2), await inferred(model, second));
      t.ok(error < 1e-4, `second of the batch against itself alone: ${error.toExponential(1)}`);
    });
  });

  test(`${id}: inference and training compute the same, before and after weights change`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const x = input(facts, 1, 24, 16);
      const compare = async (title: string): Promise<void> => {
        const error = difference(await inferred(model, x), await (await model.forward(x)).toTypedArray());
        t.ok(error < 1e-4, `${title}: ${error.toExponential(1)}`);
      };
      await compare('before');
      const handles = new Map([...model.parameters()].map(([key, tensor]) => [key, tensor.native]));
      const optimizer = native().createOptimizer(handles, { kind: 'adam' });
      await (await lossOf(model, x)).backward();
      await optimizer.step(0.001, 0);
      await compare('after a step of the optimizer');
      const loaded = await filledModel(id);
      await model.native.load(new Map([...loaded.state()].map(([key, { native }]) => [key, native])));
      const error = difference(await inferred(model, x), await inferred(loaded, x));
      t.equal(error, 0, 'after loading the same weights, the same bits');
    });
  });

  test(`${id}: every parameter gets a gradient, but those it lists as unused`, async (t) => {
    const unused = [...keysOf(id)].filter((key) => isUnused(facts, key));
    // With one set of weights a ReLU may be shut for the whole image.
    let without = await keysWithoutGradient(id, 'weight');
    if (without.length > unused.length) {
      const others = await keysWithoutGradient(id, 'other weight');
      without = without.filter((key) => others.includes(key));
    }
    t.deepEqual(without, unused);
  });

  test(`${id}: one step down the gradient lowers the loss`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const x = input(facts, 1, 16, 16);
      const handles = new Map([...model.parameters()].map(([key, tensor]) => [key, tensor.native]));
      const optimizer = native().createOptimizer(handles, { kind: 'adam' });
      const before = await lossOf(model, x);
      await before.backward();
      await optimizer.step(1e-4, 0);
      const [first, second] = [Number(await before.item()), Number(await (await lossOf(model, x)).item())];
      t.ok(second < first, `${first} to ${second}`);
    });
  });

  test(`${id}: bfloat16 is near float32 and comes back as float32`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id);
      const x = input(facts, 1, 16, 16);
      const y = await noGrad(() => model.forward(x, { precision: 'bfloat16' }));
      t.equal(y.dtype, 'float32');
      const error = difference(await y.toTypedArray(), await inferred(model, x));
      t.ok(error < 0.1, `error ${error.toExponential(1)}`);
    });
  });
}
