import test from 'tape';
import {
  Adam,
  chooseBands,
  fromTypedArray,
  noGrad,
  rand,
  supervisedLoss,
  unssrLoss,
} from '../../../ts/index.js';

test('a loop of one’s own brings a cube nearer to its image', async (t) => {
  const loss = await unssrLoss({ shift: 'none', perceptual: 0 });
  const image = await rand([1, 3, 8, 8], { seed: 1 });
  const cube = fromTypedArray(new Float32Array(31 * 64).fill(0.2), [1, 31, 8, 8], { requiresGrad: true });
  const optimizer = new Adam([cube], { lr: 0.02 });
  const totals: number[] = [];
  for (let step = 0; step < 8; step++) {
    await optimizer.zeroGrad();
    const { total, terms, indices } = await loss(cube, image);
    t.deepEqual(Object.keys(terms).toSorted(), ['bandSsim', 'css']);
    t.equal(indices, null, 'no perceptual term, no bands');
    totals.push(Number((await total.toTypedArray())[0]));
    await total.backward();
    await optimizer.step();
  }
  t.ok((totals.at(-1) ?? 1) < 0.8 * (totals[0] ?? 0), totals.map((total) => total.toFixed(3)).join(' '));
});

test('supervisedLoss takes a term or a mixture, and records nothing inside noGrad', async (t) => {
  const [y, truth] = [await rand([1, 4, 5, 6], { seed: 1 }), await rand([1, 4, 5, 6], { seed: 2 })];
  const value = async (loss: ReturnType<typeof supervisedLoss>): Promise<number> =>
    Number((await (await loss(y, truth)).total.toTypedArray())[0]);
  const [l1, mse] = [await value(supervisedLoss('l1')), await value(supervisedLoss('mse'))];
  t.ok(Math.abs((await value(supervisedLoss({ l1: 2, mse: 3 }))) - 2 * l1 - 3 * mse) < 1e-6);
  y.requiresGrad = true;
  t.equal((await supervisedLoss('l1')(y, truth)).total.requiresGrad, true);
  const silent = await noGrad(async () => supervisedLoss('l1')(y, truth));
  t.equal(silent.total.requiresGrad, false);
});

test('chooseBands names three bands of any cube', async (t) => {
  const cube = await rand([2, 9, 6, 7], { seed: 3 });
  const { indices, scores } = await chooseBands(cube);
  t.deepEqual([indices.shape, scores.shape], [[3], [9]]);
  const order = [...(await scores.toTypedArray())].map((score, band) => ({ score, band }));
  const best = order.toSorted((a, b) => b.score - a.score).slice(0, 3);
  t.deepEqual(
    Array.from(await indices.toTypedArray(), Number),
    best.map(({ band }) => band),
  );
});
