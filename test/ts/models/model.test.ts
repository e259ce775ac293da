import { join } from 'node:path';
import test from 'tape';
import { type TensorEntries, tensorEntry, writeSafetensors } from '../../../ts/io/index.js';
import {
  createModel,
  type Model,
  modelFacts,
  optionsFromAuthors,
  sizeOptions,
} from '../../../ts/models/index.js';
import { tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';
import { difference, filledModel, image, inferred } from './probes.js';

const tiny = { width: 6, blocks: 1 };

async function entriesOf(model: Model, prefix = ''): Promise<TensorEntries> {
  const entries: TensorEntries = new Map();
  for (const [key, tensor] of model.state()) {
    entries.set(prefix + key, tensorEntry(tensor.dtype, tensor.shape, await tensor.toTypedArray()));
  }
  return entries;
}

test('weights that were saved load into another network, with and without module. in front', async (t) => {
  await tidy(async () => {
    const model = await filledModel('sfformer', tiny);
    const x = image([1, 3, 8, 8]);
    for (const prefix of ['', 'module.']) {
      const other = createModel('sfformer', tiny, { seed: 9 });
      const report = await withFolder(async (folder) => {
        const file = join(folder, 'weights.safetensors');
        await writeSafetensors(file, await entriesOf(model, prefix));
        return other.loadWeights(file);
      });
      t.equal(report.matching.length, other.state().size, `all match ('${prefix}')`);
      t.equal(difference(await inferred(other, x), await inferred(model, x)), 0, 'the same numbers');
    }
  });
});

test('weights that do not fit are refused by name, and nothing is written', async (t) => {
  await tidy(async () => {
    const model = await filledModel('sfformer', tiny);
    const x = image([1, 3, 8, 8]);
    const before = await inferred(model, x);
    const short = await entriesOf(createModel('sfformer', tiny));
    short.delete('reshape_in.relu.weight');
    await failsWith(t, model.loadWeights(short), 'CHECKPOINT_MISMATCH', /missing: reshape_in\.relu\.weight/);
    const long = await entriesOf(createModel('sfformer', tiny));
    long.set('extra.weight', tensorEntry('float32', [1], Float32Array.of(1)));
    await failsWith(t, model.loadWeights(long), 'CHECKPOINT_MISMATCH', /unexpected: extra\.weight/);
    const wide = await entriesOf(createModel('sfformer', { ...tiny, outBands: 5 }));
    await failsWith(
      t,
      model.loadWeights(wide),
      'CHECKPOINT_MISMATCH',
      /reshape_out\S* \[5, 6, 3, 3\], expected \[31/,
    );
    const other = await entriesOf(createModel('mstpp', { stages: 1 }));
    await failsWith(t, model.loadWeights(other), 'CHECKPOINT_MISMATCH', /another network/);
    t.equal(difference(await inferred(model, x), before), 0, 'the weights are as they were');
  });
});

test('the band sort that later networks lack may be missing from a file', async (t) => {
  const model = createModel('mstpp', { stages: 1 });
  const entries = await entriesOf(model);
  entries.delete('sort.conv.weight');
  const report = await model.loadWeights(entries);
  t.equal(report.missing.length, 0);
  model.dispose();
});

test('the same seed draws the same weights, another seed others', async (t) => {
  await tidy(async () => {
    const x = image([1, 3, 8, 8]);
    const of = (seed: number) => inferred(createModel('sfformer', tiny, { seed }), x);
    t.equal(difference(await of(4), await of(4)), 0, 'seed 4 twice');
    t.ok(difference(await of(4), await of(5)) > 1e-3, 'seeds 4 and 5');
  });
});

test('names and options that do not exist are refused with the nearest right one', (t) => {
  const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;
  const refused = (work: () => unknown, expected: string, culprit: RegExp): void => {
    t.throws(work, code(expected), expected);
    t.throws(work, culprit, String(culprit));
  };
  refused(() => createModel('sfformr'), 'MODEL_UNKNOWN', /sfformr.*did you mean sfformer/);
  refused(() => createModel('sfformer', { widht: 12 }), 'MODEL_OPTION', /widht.*did you mean width/);
  refused(
    () => createModel('sfformer', { width: 1.5 }),
    'MODEL_OPTION',
    /width is 1\.5, expected a whole number/,
  );
  refused(
    () => createModel('sfformer', { width: 10 }),
    'MODEL_OPTION',
    /width is 10, expected .*multiple of 6/,
  );
  refused(() => createModel('mstpp', { width: 12 }), 'MODEL_OPTION', /width is 12, expected 31/);
  refused(() => createModel('mstpp', { outBands: 0 }), 'MODEL_OPTION', /outBands is 0/);
  refused(() => createModel('mstpp', {}, { preset: 'toolbox' }), 'MODEL_PRESET', /toolbox.*has none/);
  t.end();
});

test('a network of fixed size is made for the next size that it allows', (t) => {
  t.deepEqual(sizeOptions(modelFacts('ltrn'), 20, 64), { imageHeight: 24, imageWidth: 64 });
  t.deepEqual(sizeOptions(modelFacts('mstpp'), 20, 64), {}, 'any other needs no options');
  const code = (error: unknown) => (error as { code?: string }).code === 'MODEL_OPTION';
  t.throws(() => createModel('ltrn', { imageHeight: 20 }), code, 'another size');
  t.throws(() => createModel('ltrn', { imageHeight: 20 }), /imageHeight is 20, expected .*multiple of 4/);
  t.end();
});

test('a published configuration is read by the names of its authors', (t) => {
  const config = { inplanes: 3, planes: 12, outplanes: 31, n_CTblocks: 1, init_lr: 0.001 };
  const { options, rest } = optionsFromAuthors(modelFacts('sfformer'), config);
  t.deepEqual(options, { inBands: 3, width: 12, outBands: 31, blocks: 1 });
  t.deepEqual(rest, { init_lr: 0.001 }, 'what is no option is handed back');
  t.end();
});

test('an input of the wrong shape or type is refused by name', async (t) => {
  await tidy(async () => {
    const model = createModel('sfformer', tiny);
    await failsWith(t, model.forward(image([3, 8, 8])), 'TENSOR_SHAPE', /sfformer.*\[3, 8, 8\].*\[batch, 3/);
    await failsWith(t, model.forward(image([1, 4, 8, 8])), 'TENSOR_SHAPE', /\[1, 4, 8, 8\]/);
    const bytes = await image([1, 3, 8, 8]).to('uint8');
    await failsWith(t, model.forward(bytes), 'TENSOR_DTYPE', /sfformer/);
    model.dispose();
    await failsWith(t, model.forward(image([1, 3, 8, 8])), 'MODEL_DISPOSED', /disposed/);
  });
});
