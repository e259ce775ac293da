import test from 'tape';
import {
  Adam,
  AdamW,
  gradients,
  memory,
  noGrad,
  randn,
  type Tensor,
  tensor,
  withGrad,
  zeros,
} from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

const leaf = (values: number[]) => tensor(values, { dtype: 'float64', requiresGrad: true });

async function gradientOf(x: Tensor<'float64'>): Promise<Float64Array> {
  const grad = x.grad;
  return grad === null ? new Float64Array() : grad.toTypedArray();
}

test('backward gives the analytic gradients', async (t) => {
  const cases: [string, (x: Tensor<'float64'>) => Promise<Tensor<'float64'>>, (v: number) => number][] = [
    ['square', (x) => x.square(), (v) => 2 * v],
    ['exp', (x) => x.exp(), Math.exp],
    ['log', (x) => x.log(), (v) => 1 / v],
    ['sqrt', (x) => x.sqrt(), (v) => 0.5 / Math.sqrt(v)],
    ['tanh', (x) => x.tanh(), (v) => 1 - Math.tanh(v) ** 2],
    ['times 3', (x) => x.mul(3), () => 3],
    ['x / (x + 1)', async (x) => x.div(await x.add(1)), (v) => 1 / (v + 1) ** 2],
    ['a reversed view', async (x) => (await x.flip(0)).slice(0).square(), (v) => 2 * v],
  ];
  const points = [0.5, 1, 2];
  for (const [title, body, derivative] of cases) {
    const x = leaf(points);
    await (await (await body(x)).sum()).backward();
    near(t, await gradientOf(x), points.map(derivative), title, 1e-12);
  }
});

test('gradients flow through views, broadcasting and matmul', async (t) => {
  const x = leaf([1, 2, 3, 4]);
  const square = x.reshape([2, 2]);
  const product = await square.matmul(square.transpose());
  await (await product.sum()).backward();
  // sum(X X^T) = |column sums|^2: the derivative of each entry is twice its column's sum.
  near(t, await gradientOf(x), [8, 12, 8, 12], 'matmul with its own transpose');
  const [scale, values] = [leaf([2]), leaf([1, 2, 3])];
  await (await (await values.mul(scale)).sum()).backward();
  near(t, await gradientOf(scale), [6], 'a broadcast factor sums over what it met');
  near(t, await gradientOf(values), [2, 2, 2], 'the other factor');
});

test('conv2d agrees with finite differences', async (t) => {
  const image = randn([1, 2, 5, 5], { seed: 1, dtype: 'float64' });
  const start = await randn([2, 2, 3, 3], { seed: 2, dtype: 'float64' }).toTypedArray();
  const loss = async (values: Float64Array) => {
    const weight = tensor([...values], { dtype: 'float64', requiresGrad: true }).reshape([2, 2, 3, 3]);
    return { weight, loss: await (await (await image.conv2d(weight, { padding: 1 })).square()).mean() };
  };
  const weight = randn([2, 2, 3, 3], { seed: 2, dtype: 'float64', requiresGrad: true });
  const exact = await (await (await image.conv2d(weight, { padding: 1 })).square()).mean();
  await exact.backward();
  const found = await weight.grad?.toTypedArray();
  for (const index of [0, 17, 35]) {
    const [up, down] = [start.slice(), start.slice()];
    up[index] = (up[index] ?? 0) + 1e-5;
    down[index] = (down[index] ?? 0) - 1e-5;
    const rise = (await (await loss(up)).loss.item()) - (await (await loss(down)).loss.item());
    near(t, [found?.[index] ?? Number.NaN], [rise / 2e-5], `weight ${index}`, 1e-6);
  }
});

test('gradients add up until zeroGrad, and gradients() leaves them alone', async (t) => {
  const x = leaf([3]);
  const loss = async () => (await x.square()).sum();
  await (await loss()).backward();
  await (await loss()).backward();
  near(t, await gradientOf(x), [12], 'two passes');
  await x.zeroGrad();
  t.equal(x.grad, null, 'forgotten');
  const [dx] = await gradients(await loss(), [x]);
  near(t, (await dx?.toTypedArray()) ?? [], [6], 'returned');
  t.equal(x.grad, null, 'not added');
  const [none] = await gradients(await loss(), [leaf([1])]);
  t.equal(none, null, 'no dependence');
});

test('derivatives of derivatives', async (t) => {
  const x = leaf([2]);
  const cube = await (await x.pow(3)).sum();
  const [first] = await gradients(cube, [x], { createGraph: true });
  const [second] = await gradients(await (first as Tensor<'float64'>).sum(), [x]);
  near(t, (await second?.toTypedArray()) ?? [], [12], 'of x^3 at 2');
});

test('noGrad records nothing, however late its calls are awaited', async (t) => {
  const x = leaf([1]);
  t.ok((await x.mul(2)).requiresGrad, 'outside it is recorded');
  await noGrad(async () => {
    t.notOk((await x.mul(2)).requiresGrad, 'a computation');
    t.notOk(x.unsqueeze(0).requiresGrad, 'a view');
    await new Promise((resolve) => setImmediate(resolve));
    t.notOk((await x.mul(2)).requiresGrad, 'after another turn of the event loop');
    t.ok((await withGrad(() => x.mul(2))).requiresGrad, 'withGrad inside');
  });
  const [inside, outside] = await Promise.all([noGrad(() => x.mul(2)), x.mul(3)]);
  t.notOk(inside.requiresGrad, 'side by side: inside');
  t.ok(outside.requiresGrad, 'side by side: outside');
  t.notOk(x.detach().requiresGrad, 'detach');
});

test('mistakes with gradients are named', async (t) => {
  const x = leaf([1, 2]);
  await rejects(
    t,
    () => zeros([1]).backward(),
    'TENSOR_GRAD',
    ['backward', 'float32 [1]'],
    'nothing to derive',
  );
  await rejects(
    t,
    async () => (await x.mul(2)).backward(),
    'TENSOR_SHAPE',
    ['backward', '[2]', 'one element'],
    'no scalar',
  );
  const gradient = tensor([1], { dtype: 'float64' });
  await rejects(
    t,
    async () => (await x.mul(2)).backward({ gradient }),
    'TENSOR_SHAPE',
    ['gradient', '[1]'],
    'gradient',
  );
  const loss = await (await x.square()).sum();
  await loss.backward();
  await rejects(t, () => loss.backward(), 'TENSOR_GRAD', ['retainGraph'], 'a second pass');
  await rejects(
    t,
    () => zeros([1], { dtype: 'int32', requiresGrad: true }),
    'TENSOR_DTYPE',
    ['requiresGrad', 'int32'],
    'integers',
  );
  await rejects(
    t,
    async () => {
      (await x.mul(2)).requiresGrad = false;
    },
    'TENSOR_GRAD',
    ['detach'],
    'a computed tensor',
  );
  await rejects(
    t,
    () => gradients(loss, [zeros([1])]),
    'TENSOR_GRAD',
    ['input 0'],
    'an input without gradient',
  );
  const root = await (await x.square()).sum();
  const wide = randn([500, 500], { seed: 1 });
  void wide.matmul(wide);
  const pass = root.backward();
  await rejects(t, () => x.grad, 'TENSOR_GRAD', ['await'], 'reading before the pass has ended');
  await pass;
  t.notEqual(x.grad, null, 'and after it');
});

test('retainGraph allows a second pass', async (t) => {
  const x = leaf([1]);
  const loss = await (await x.square()).sum();
  await loss.backward({ retainGraph: true });
  await loss.backward();
  near(t, await gradientOf(x), [4], 'both added');
});

test('Adam takes the steps of its paper', async (t) => {
  const x = leaf([1, -2]);
  const optimizer = new Adam([x], { lr: 0.1 });
  let [m, v, expected] = [
    [0, 0],
    [0, 0],
    [1, -2],
  ];
  for (let step = 1; step <= 3; step++) {
    await optimizer.zeroGrad();
    await (await (await x.square()).sum()).backward();
    const norm = await optimizer.step();
    const g = expected.map((value) => 2 * value);
    near(t, [norm], [Math.hypot(...g)], `norm of step ${step}`);
    m = m.map((value, i) => 0.9 * value + 0.1 * (g[i] ?? 0));
    v = v.map((value, i) => 0.999 * value + 0.001 * (g[i] ?? 0) ** 2);
    expected = expected.map((value, i) => {
      const [mean, square] = [(m[i] ?? 0) / (1 - 0.9 ** step), (v[i] ?? 0) / (1 - 0.999 ** step)];
      return value - (0.1 * mean) / (Math.sqrt(square) + 1e-8);
    });
    near(t, await x.detach().toTypedArray(), expected, `step ${step}`, 1e-6);
  }
});

test('AdamW decays the parameters themselves, clipNorm bounds the gradient', async (t) => {
  const x = leaf([1]);
  const optimizer = new AdamW(new Map([['x', x]]), { lr: 0.1, weightDecay: 0.5, clipNorm: 1 });
  await (await x.mul(0)).sum().then((loss) => loss.backward());
  await optimizer.step();
  near(t, await x.detach().toTypedArray(), [0.95], 'decay without gradient');
  optimizer.lr = 0;
  await optimizer.zeroGrad();
  await (await x.mul(5)).sum().then((loss) => loss.backward());
  near(t, [await optimizer.step()], [5], 'the norm before clipping');
  near(t, await gradientOf(x), [1], 'clipped', 1e-5);
  await rejects(t, () => new Adam([], {}), 'CONFIG_OPTIMIZER', ['parameters', 'none'], 'no parameters');
  await rejects(t, () => new Adam([zeros([2])]), 'TENSOR_GRAD', ['parameter 0', '[2]'], 'frozen parameter');
  await rejects(t, () => new Adam([x], { lr: -1 }), 'CONFIG_OPTIMIZER', ['lr', '-1'], 'negative rate');
  await rejects(t, () => new Adam([x], { betas: [0.9, 1] }), 'CONFIG_OPTIMIZER', ['beta2', '1'], 'beta of 1');
});

test('a loop of forward, backward and step lowers the loss and leaks nothing', async (t) => {
  const x = randn([16, 3, 8, 8], { seed: 1 });
  const target = await (await x.mean({ dim: 1, keepDim: true })).mul(2);
  const weight = randn([1, 3, 1, 1], { seed: 2, requiresGrad: true });
  const optimizer = new Adam([weight], { lr: 0.1 });
  const losses: number[] = [];
  const before = memory().tensors;
  for (let i = 0; i < 40; i++) {
    using made = await x.conv2d(weight);
    using difference = await made.sub(target);
    using squared = await difference.square();
    using loss = await squared.mean();
    losses.push(await loss.item());
    await optimizer.zeroGrad();
    await loss.backward();
    await optimizer.step();
  }
  t.ok((losses.at(-1) ?? 1) < 0.05 * (losses[0] ?? 0), `from ${losses[0]} to ${losses.at(-1)}`);
  // Fewer, where handles of the tests before have been collected meanwhile.
  t.ok(memory().tensors <= before, 'no handle is left');
});
