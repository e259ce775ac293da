import test from 'tape';
import { signed } from '../../../ts/golden/rule.js';
import { type NativeOptimizerConfig, type NativeTensor, native } from '../../../ts/native/index.js';
import { failure, numbersOf, worst } from './tiny.js';

const count = 12;
const target = signed('target', count);

/** A parameter in double with the gradient of the mean square error against `target` in it. */
async function withGradient(parameter: NativeTensor): Promise<void> {
  const loss = native().createLoss('supervised', { terms: { mse: 1 } });
  const truth = native().fromTypedArray(target, [1, 3, 2, 2], 'float64', 'cpu');
  const { total } = await loss.compute({ prediction: parameter, truth }, true);
  await native().backward(total, null, false);
}

function parameterOf(): NativeTensor {
  const parameter = native().fromTypedArray(signed('start', count), [1, 3, 2, 2], 'float64', 'cpu');
  parameter.setRequiresGrad(true);
  return parameter;
}

/** Adam and AdamW by their papers' formulas, element by element. */
function reference(config: NativeOptimizerConfig, steps: number, clip: number): Float64Array {
  const { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, kind } = config;
  const w = signed('start', count);
  const [m, v] = [new Float64Array(count), new Float64Array(count)];
  for (let step = 1; step <= steps; step++) {
    let g = w.map((value, i) => (2 * (value - (target[i] ?? 0))) / count);
    const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
    if (clip > 0) g = g.map((value) => value * Math.min(1, clip / (norm + 1e-6)));
    for (let i = 0; i < count; i++) {
      let gradient = g[i] ?? 0;
      let value = w[i] ?? 0;
      if (kind === 'adam') gradient += weightDecay * value;
      else value -= lr * weightDecay * value;
      m[i] = beta1 * (m[i] ?? 0) + (1 - beta1) * gradient;
      v[i] = beta2 * (v[i] ?? 0) + (1 - beta2) * gradient * gradient;
      const first = (m[i] ?? 0) / (1 - beta1 ** step);
      const second = (v[i] ?? 0) / (1 - beta2 ** step);
      w[i] = value - (lr * first) / (Math.sqrt(second) + eps);
    }
  }
  return w;
}

const configs: readonly NativeOptimizerConfig[] = [
  { kind: 'adam', lr: 0.01 },
  { kind: 'adam', lr: 0.01, weightDecay: 0.1, beta1: 0.8, beta2: 0.9, eps: 1e-3 },
  { kind: 'adamw', lr: 0.01, weightDecay: 0.1 },
];

for (const config of configs) {
  for (const clip of [0, 0.05]) {
    test(`${JSON.stringify(config)}, clipped to ${clip}, follows its formula`, async (t) => {
      const parameter = parameterOf();
      const optimizer = native().createOptimizer(new Map([['w', parameter]]), config);
      for (let step = 0; step < 5; step++) {
        await optimizer.zeroGrad();
        await withGradient(parameter);
        const norm = await optimizer.step(config.lr, clip);
        if (step === 0) {
          const g = signed('start', count).map((value, i) => (2 * (value - (target[i] ?? 0))) / count);
          const wanted = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
          t.ok(Math.abs(norm - wanted) < 1e-12, 'norm before clipping');
        }
      }
      // The kernels take the bias corrections in double, but count steps in float32.
      t.ok(worst(await numbersOf(parameter), [...reference(config, 5, clip)]) < 1e-12);
    });
  }
}

test('moments saved and restored continue as if nothing had happened', async (t) => {
  const run = async (stops: readonly number[]): Promise<number[]> => {
    const parameter = parameterOf();
    let state = new Map<string, NativeTensor>();
    for (const steps of stops) {
      const optimizer = native().createOptimizer(new Map([['w', parameter]]), { kind: 'adam' });
      if (state.size > 0) await optimizer.loadState(state);
      for (let step = 0; step < steps; step++) {
        await optimizer.zeroGrad();
        await withGradient(parameter);
        await optimizer.step(0.01, 0);
      }
      state = await optimizer.state();
    }
    return numbersOf(parameter);
  };
  t.deepEqual(await run([2, 3]), await run([5]));
});

test('a parameter without gradient is left alone', async (t) => {
  const [used, unused] = [parameterOf(), parameterOf()];
  const parameters = new Map([
    ['used', used],
    ['unused', unused],
  ]);
  const optimizer = native().createOptimizer(parameters, { kind: 'adamw', weightDecay: 0.5 });
  await withGradient(used);
  await optimizer.step(0.1, 0);
  t.deepEqual(await numbersOf(unused), [...signed('start', count)]);
  t.deepEqual([...(await optimizer.state()).keys()].toSorted(), [
    'optimizer/used/exp_avg',
    'optimizer/used/exp_avg_sq',
    'optimizer/used/step',
  ]);
  const wrong = new Map([['optimizer/used/exp_avg', unused]]);
  const { code, message } = await failure(() => optimizer.loadState(wrong));
  t.equal(code, 'CHECKPOINT_STATE');
  t.match(message, /optimizer\/used\/exp_avg_sq/);
});
