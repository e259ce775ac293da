import test from 'tape';
import { signed } from '../../../ts/golden/rule.js';
import { createModel } from '../../../ts/models/index.js';
import { fromTypedArray, tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { difference, image, inferred } from './probes.js';

test('rootpoly finds the weights that made a cube, over several images', async (t) => {
  await tidy(async () => {
    const truth = createModel('rootpoly', { outBands: 4 });
    const weight = fromTypedArray(Float32Array.from(signed('truth', 24)), [4, 6], 'float32');
    await truth.native.load(new Map([['weight', weight.native]]));
    const fitted = createModel('rootpoly', { outBands: 4 });
    for (const name of ['first', 'second']) {
      const x = image([1, 3, 12, 10], name);
      const y = await truth.forward(x);
      await fitted.native.accumulate(x.native, y.native);
    }
    await fitted.native.solve();
    const found = await fitted.state().get('weight')?.toTypedArray();
    const error = difference(found as Float32Array, await weight.toTypedArray());
    t.ok(error < 1e-4, `weights: ${error.toExponential(1)}`);
  });
});

test('rootpoly scales with exposure', async (t) => {
  await tidy(async () => {
    const model = createModel('rootpoly', { outBands: 2 });
    const weight = fromTypedArray(Float32Array.from(signed('any', 12)), [2, 6], 'float32');
    await model.native.load(new Map([['weight', weight.native]]));
    const x = image([1, 3, 4, 4]);
    const half = await inferred(model, await x.mul(0.5));
    const error = difference(
      half.map((value) => 2 * value),
      await inferred(model, x),
    );
    t.ok(error < 1e-6, `half the light, half the radiance: ${error.toExponential(1)}`);
  });
});

test('rootpoly fits grey images, whose features cannot be told apart', async (t) => {
  await tidy(async () => {
    const grey = await image([1, 1, 8, 8]);
    const x = grey.expand([1, 3, 8, 8]);
    const model = createModel('rootpoly', { outBands: 1 });
    await model.native.accumulate(x.native, (await grey.mul(3)).native);
    await model.native.solve();
    const error = difference(await inferred(model, x), await (await grey.mul(3)).toTypedArray());
    t.ok(error < 1e-4, `three times grey: ${error.toExponential(1)}`);
  });
});

test('pairs that do not belong together, and networks without a closed form, are refused', async (t) => {
  await tidy(async () => {
    const model = createModel('rootpoly', { outBands: 4 });
    const wrong = model.native.accumulate(image([1, 3, 4, 4]).native, image([1, 5, 4, 4]).native);
    await failsWith(t, wrong, 'TENSOR_SHAPE', /\[1, 5, 4, 4\], expected \[1, 4, 4, 4\]/);
    const trained = createModel('mstpp', { stages: 1 });
    t.throws(() => trained.native.solve(), /mstpp is trained by steps/);
    t.throws(() => createModel('rootpoly', { inBands: 4 }), /inBands is 4, expected 3/);
  });
});
