import test from 'tape';
import { Random } from '../../../ts/data/random.js';
import { addSensorNoise, normal, poisson, streamOfName } from '../../../ts/degrade/sensor-noise.js';

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
}

const count = 40000;

test('Poisson numbers have the mean and variance of their law', (t) => {
  for (const mean of [0.3, 4, 9.99, 10, 37.5, 5000]) {
    const random = new Random(7, Math.round(mean * 100));
    const drawn = Array.from({ length: count }, () => poisson(random, mean));
    const found = moments(drawn);
    // Five standard errors of the mean, and of the variance (of a normal law: 2 v^2 / n; of Poisson a bit more).
    t.ok(
      Math.abs(found.mean - mean) < 5 * Math.sqrt(mean / count),
      `mean of ${mean}: ${found.mean.toFixed(4)}`,
    );
    const spread = Math.sqrt((2 * mean ** 2 + mean) / count);
    t.ok(Math.abs(found.variance - mean) < 5 * spread, `variance of ${mean}: ${found.variance.toFixed(4)}`);
    t.ok(drawn.every((value) => Number.isInteger(value) && value >= 0));
  }
  t.end();
});

test('each count of a Poisson law comes as often as the law says', (t) => {
  for (const mean of [2.5, 12]) {
    const random = new Random(11, mean * 2);
    const seen = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const k = poisson(random, mean);
      seen.set(k, (seen.get(k) ?? 0) + 1);
    }
    let share = Math.exp(-mean);
    for (let k = 0; k < 2 * mean; k++) {
      const expected = share * count;
      const found = seen.get(k) ?? 0;
      t.ok(Math.abs(found - expected) < 5 * Math.sqrt(expected) + 1, `${k} of ${mean}: ${found}`);
      share *= mean / (k + 1);
    }
  }
  t.end();
});

test('what has no light has no electrons', (t) => {
  const random = new Random(1);
  t.same(
    [0, -1, Number.NaN, Infinity].map((mean) => poisson(random, mean)),
    [0, 0, 0, 0],
  );
  t.end();
});

test('normal numbers have mean 0 and variance 1', (t) => {
  const random = new Random(3);
  const { mean, variance } = moments(Array.from({ length: count }, () => normal(random)));
  t.ok(Math.abs(mean) < 5 / Math.sqrt(count), `${mean}`);
  t.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / count), `${variance}`);
  t.end();
});

test('the noise of a sensor has the variance v / electrons + readNoise^2', (t) => {
  const values = new Float32Array(count).fill(0.4);
  addSensorNoise(values, 0, count, [{ electrons: 500, readNoise: 0.02 }], [5]);
  const { mean, variance } = moments(values);
  const expected = 0.4 / 500 + 0.02 ** 2;
  t.ok(Math.abs(mean - 0.4) < 5 * Math.sqrt(expected / count), `mean ${mean}`);
  t.ok(Math.abs(variance / expected - 1) < 0.05, `variance ${variance}, expected ${expected}`);
  const again = new Float32Array(count).fill(0.4);
  addSensorNoise(again, 0, count, [{ electrons: 500, readNoise: 0.02 }], [5]);
  t.same(again, values, 'the same stream gives the same noise');
  t.end();
});

test('names have streams of their own', (t) => {
  t.equal(streamOfName(''), 0x811c9dc5);
  t.equal(streamOfName('a'), 0xe40c292c, 'FNV-1a of its published example');
  t.notEqual(streamOfName('balloons'), streamOfName('balloon'));
  t.end();
});
