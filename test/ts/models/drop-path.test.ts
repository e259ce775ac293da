import test from 'tape';
import { tidy } from '../../../ts/tensor/index.js';
import { difference, filledModel, image, inferred } from './probes.js';

const small = { width: 8, depths: [4], heads: [2] };

for (const id of ['sst', 'sert']) {
  test(`${id}: branches are dropped while it trains, and by samples`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id, { ...small, ...only(id), dropPath: 0.5 });
      const one = image([1, 3, 16, 16]);
      const x = one.expand([8, 3, 16, 16]);
      const still = await inferred(model, x);
      await model.train();
      const first = await inferred(model, x);
      t.ok(difference(first, await inferred(model, x)) > 1e-3, 'two passes of training differ');
      const length = first.length / 8;
      const samples = Array.from({ length: 8 }, (_, i) => first.slice(i * length, (i + 1) * length));
      const [any = still, ...others] = samples;
      t.ok(
        others.some((other) => difference(other, any) > 1e-3),
        'so do equal samples of a batch',
      );
      await model.train(false);
      t.equal(difference(await inferred(model, x), still), 0, 'evaluation drops nothing');
    });
  });

  test(`${id}: with a rate of 0 training computes what evaluation does`, async (t) => {
    await tidy(async () => {
      const model = await filledModel(id, { ...small, ...only(id), dropPath: 0 });
      const x = image([2, 3, 16, 16]);
      const still = await inferred(model, x);
      await model.train();
      t.ok(difference(await inferred(model, x), still) < 1e-5);
    });
  });
}

/** What else makes the network small. */
function only(id: string): Record<string, readonly number[] | number> {
  return id === 'sert' ? { windows: [8], stripes: [2], rankDivisor: 2, memory: 8 } : {};
}
