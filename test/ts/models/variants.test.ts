import test from 'tape';
import { signed } from '../../../ts/golden/rule.js';
import type { OptionValue } from '../../../ts/native/index.js';
import { createModel } from '../../../ts/models/index.js';
import { fromTypedArray, type Tensor, tidy } from '../../../ts/tensor/index.js';
import { difference, filledModel, image, inferred } from './probes.js';

test('mst: the mask of the first image guides the whole batch only where asked for', async (t) => {
  await tidy(async () => {
    const x = image([2, 3, 16, 16]);
    const alone = image([2, 3, 16, 16]).slice(0, { start: 1 });
    for (const [mask, same] of [
      ['own', true],
      ['first-sample', false],
    ] as const) {
      const model = await filledModel('mst', { mask });
      const second = (await inferred(model, x)).slice(31 * 256);
      const error = difference(second, await inferred(model, alone));
      t.equal(error < 1e-5, same, `${mask}: ${error.toExponential(1)}`);
    }
  });
});

test('mformer draws noise when it trains, and in evaluation only where asked for', async (t) => {
  await tidy(async () => {
    const x = image([1, 3, 8, 8]);
    for (const [noise, inTraining, inEvaluation] of [
      ['training', true, false],
      ['always', true, true],
      ['never', false, false],
    ] as const) {
      const model = await filledModel('mformer', { noise });
      for (const [mode, differs] of [
        [true, inTraining],
        [false, inEvaluation],
      ] as const) {
        await model.train(mode);
        const error = difference(await inferred(model, x), await inferred(model, x));
        t.equal(error > 0, differs, `${noise}, ${mode ? 'training' : 'evaluation'}`);
      }
    }
    t.deepEqual(createModel('mformer', {}, { preset: 'published' }).options.noise, 'always');
  });
});

test('mformer: numbers reach far pixels in the published order of memory, not in that of pixels', async (t) => {
  await tidy(async () => {
    const x = image([1, 3, 48, 48]);
    const values = await x.toTypedArray();
    values[0] = 1 - (values[0] ?? 0); // the first pixel's red
    const changed = fromTypedArray(values, [1, 3, 48, 48], 'float32');
    for (const [pixelOrder, near] of [
      [true, true],
      [false, false],
    ] as const) {
      const model = await filledModel('mformer', { pixelOrder });
      // The one layer that looks at the whole image: let it say the same always.
      const excite = fromTypedArray(new Float32Array(48 * 6), [48, 6], 'float32');
      await model.native.load(new Map([['SE0.fc.4.weight', excite.native]]));
      const [before, after] = [await inferred(model, x), await inferred(model, changed)];
      t.notEqual(before[0], after[0], 'the pixel itself');
      t.equal(before.at(-1) === after.at(-1), near, `pixelOrder ${pixelOrder}: the last pixel`);
    }
  });
});

test('mformer: gradients are right where the channels of a head fill no vector of the machine', async (t) => {
  await tidy(async () => {
    // Heads of 8, 16 and 32 channels, and of 20, 40 and 80, the last beyond the kernel.
    for (const width of [24, 60]) {
      const model = await filledModel('mformer', { width, pixelOrder: true });
      const values = await image([1, 3, 8, 8]).toTypedArray();
      const probe = signed('direction', values.length);
      const at = (step: number): Tensor<'float32'> => {
        const moved = values.map((value, i) => value + step * (probe[i] ?? 0));
        return fromTypedArray(moved, [1, 3, 8, 8], { dtype: 'float32', requiresGrad: true });
      };
      const lossAt = async (x: Tensor) => (await (await model.forward(x)).square()).mean();
      const x = at(0);
      await (await lossAt(x)).backward();
      const grad = (await x.grad?.toTypedArray()) ?? new Float32Array();
      const slope = grad.reduce((sum, value, i) => sum + value * (probe[i] ?? 0), 0);
      const [up, down] = [
        Number(await (await lossAt(at(0.01))).item()),
        Number(await (await lossAt(at(-0.01))).item()),
      ];
      const error = Math.abs((up - down) / 0.02 / slope - 1);
      t.ok(error < 0.02, `width ${width}: ${error.toExponential(1)}`);
    }
  });
});

test('variants compute the same in inference and in training', async (t) => {
  await tidy(async () => {
    for (const [id, options] of [
      ['restormer', { width: 8, bias: true }],
      ['restormer', { width: 8, norm: 'BiasFree' }],
      ['restormer', { width: 8, featureSkip: false, outBands: 3 }],
      ['resblock', { blocks: 2, block: 'conv_relu_res_block' }],
      ['resblock', { blocks: 2, block: 'conv_relu_res_block_scale01' }],
      ['resblock', { blocks: 2, block: 'conv_relu_res_relu_block_scale01' }],
      ['mst', { outBands: 6, levels: 3, blocks: [1, 1, 1, 2] }],
    ] as const) {
      const model = await filledModel(id, options as Record<string, OptionValue>);
      const x = image([2, 3, 16, 16]);
      const error = difference(await inferred(model, x), await (await model.forward(x)).toTypedArray());
      t.ok(error < 1e-4, `${id} ${JSON.stringify(options)}: ${error.toExponential(1)}`);
    }
  });
});

test('variants that cannot be are refused by name', (t) => {
  for (const [id, options, culprit] of [
    ['mst', { levels: 4 }, /levels is 4, expected 1 to 3/],
    ['mst', { levels: 2, blocks: [1] }, /blocks has 1 numbers, expected 2/],
    ['mst', { blocks: [0] }, /blocks has a 0/],
    ['resblock', { blocks: 0 }, /blocks is 0/],
    ['restormer', { featureSkip: false }, /3 and 31 bands/],
    ['restormer', { heads: [1, 2, 5, 8] }, /heads/],
    ['restormer', { blocks: [1] }, /blocks is not four numbers/],
    ['mformer', { width: 25 }, /width is 25, expected a multiple of 3/],
  ] as const) {
    t.throws(() => createModel(id, options as Record<string, OptionValue>), culprit, `${id} ${culprit}`);
  }
  t.end();
});
