import test from 'tape';
import { createModel } from '../../../ts/models/index.js';
import { fromTypedArray, tidy } from '../../../ts/tensor/index.js';
import { difference, filledModel, image, inferred } from './probes.js';

const key = 'bottleneck.blocks.0.0.sa.swa.attn_mask';

test('specat takes the mask of the first image for all of a batch where it is told to', async (t) => {
  await tidy(async () => {
    const model = await filledModel('specat', { mask: 'first-sample' });
    const both = image([2, 3, 16, 16]);
    const values = await both.toTypedArray();
    const half = values.length / 2;
    const alone = (from: number) =>
      fromTypedArray(values.slice(from, from + half), [1, 3, 16, 16], 'float32');
    const whole = await inferred(model, both);
    const [first, second] = [whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)];
    t.ok(difference(first, await inferred(model, alone(0))) < 1e-5, 'the first image is as it is alone');
    const error = difference(second, await inferred(model, alone(half)));
    t.ok(error > 1e-4, `the second is not: ${error.toExponential(1)}`);
  });
});

test('specat keeps opposite borders apart where it is told to', async (t) => {
  await tidy(async () => {
    const x = image([1, 3, 16, 16]);
    const [published, apart] = [
      await filledModel('specat'),
      await filledModel('specat', { shiftMask: true }),
    ];
    const error = difference(await inferred(apart, x), await inferred(published, x));
    t.ok(error > 2e-5 && error < 1, `difference ${error.toExponential(1)}`);
    const trained = await (await apart.forward(x)).toTypedArray();
    t.ok(difference(trained, await inferred(apart, x)) < 1e-4, 'in training as in inference');
  });
});

test('the pairs that the mask of specat keeps apart are those that only the shift has joined', async (t) => {
  await tidy(async () => {
    const mask = await createModel('specat').state().get(key)?.toTypedArray();
    const values = Array.from(mask ?? [], Number);
    const apart = (window: number) =>
      values.slice(window * 4096, (window + 1) * 4096).filter((v) => v === -100);
    t.equal(values.length, 256 * 4096);
    t.equal(apart(0).length, 0, 'none within the image');
    t.equal(apart(15).length, 64 * 32, 'half of the pairs at the right border');
    t.equal(apart(255).length, 64 * 48, 'three quarters in the corner');
    t.ok(
      values.every((value) => value === 0 || value === -100),
      'nothing else',
    );
  });
});
