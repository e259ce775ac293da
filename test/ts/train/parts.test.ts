import test from 'tape';
import { HyperliftError } from '../../../ts/errors.js';
import { readLossTerms } from '../../../ts/train/loss-terms.js';
import { stepsThatFit } from '../../../ts/train/measure.js';
import { PlanFeed } from '../../../ts/train/plan-feed.js';
import { Rate } from '../../../ts/train/rate.js';
import { recipeFor, recipes } from '../../../ts/train/recipes.js';

/** Rows that tell their epoch and place: [epoch, place, 0, 0]. */
const planOf = (count: number) => (epoch: number) =>
  Int32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? epoch : i % 4 === 1 ? i >> 2 : 0));

/** What a feed hands over, as `epoch.place`. */
function fed(feed: PlanFeed, step: number): string[] {
  const rows: string[] = [];
  feed.feed({ appendPlan: (plan) => rows.push(...rowsIn(plan)) }, step);
  return rows;
}

function rowsIn(plan: Int32Array): string[] {
  return Array.from({ length: plan.length / 4 }, (_, i) => `${plan[4 * i]}.${plan[4 * i + 1]}`);
}

test('batches follow from the step alone', (t) => {
  const whole = fed(new PlanFeed(planOf(5), 2, 0), 4);
  t.deepEqual(
    whole,
    ['0.0', '0.1', '0.2', '0.3', '1.0', '1.1', '1.2', '1.3'],
    'the incomplete batch is dropped',
  );
  for (const from of [1, 2, 3]) {
    t.deepEqual(fed(new PlanFeed(planOf(5), 2, from), 4), whole.slice(2 * from), `resumed at step ${from}`);
  }
  const feed = new PlanFeed(planOf(5), 2, 0);
  t.deepEqual([...fed(feed, 1), ...fed(feed, 2), ...fed(feed, 4)], whole, 'handed over bit by bit');
  t.deepEqual(rowsIn(feed.rowsOf(3)), ['1.2', '1.3'], 'the rows of one step');
  t.deepEqual(
    fed(new PlanFeed(planOf(2), 3, 0), 2),
    ['0.0', '0.1', '0.0', '1.0', '1.1', '1.0'],
    'few patches repeat',
  );
  t.end();
});

test('losses are mixtures of known terms', (t) => {
  t.deepEqual(readLossTerms('mrae'), { mrae: 1 });
  t.deepEqual(readLossTerms('l1 + 0.1*sam+1e-3*MSE'), { l1: 1, sam: 0.1, mse: 1e-3 });
  t.deepEqual(readLossTerms('l1+0.001*spatialTv+0.001*spectraltv'), {
    l1: 1,
    spatialTv: 0.001,
    spectralTv: 0.001,
  });
  for (const [words, expected] of [
    ['l2', /'l2' is no term; did you mean/],
    ['', /'' is no term/],
    ['x*l1', /'x\*l1' is no term/],
    ['l1+', /'' is no term/],
  ] as const) {
    try {
      readLossTerms(words);
      t.fail(words);
    } catch (error) {
      t.ok(
        error instanceof HyperliftError && error.code === 'CONFIG_TYPE' && expected.test(error.message),
        words,
      );
    }
  }
  t.end();
});

test('the published recipes are those of the papers', (t) => {
  const { batch, patch, stride, lr, schedule, power, augment, length, optimizer } =
    recipes.unsupervised.published;
  t.deepEqual(
    [batch, patch, stride, lr, schedule, power, augment, length, optimizer],
    [20, 128, 64, 1e-4, 'poly', 1.5, false, { steps: 94_500 }, 'adam'],
  );
  const supervised = recipes.supervised.published;
  t.deepEqual(
    [
      supervised.stride,
      supervised.lr,
      supervised.minLr,
      supervised.loss,
      supervised.stretch,
      supervised.length,
    ],
    [8, 4e-4, 1e-6, 'mrae', true, { steps: 300_000 }],
  );
  t.equal(recipeFor('unsupervised', 'published', { batch: 2 }).batch, 2, 'what is given wins');
  t.end();
});

test('minutes become steps that leave time for validations', (t) => {
  const { steps, validateEvery } = stepsThatFit({ secondsPerStep: 0.1, secondsPerValidation: 1 }, 100);
  t.ok(steps > 800 && steps < 970, `${steps} steps`);
  t.ok(Math.ceil(steps / validateEvery) <= 8, 'validations take a small share');
  t.equal(stepsThatFit({ secondsPerStep: 50, secondsPerValidation: 50 }, 10).steps, 1, 'one step at least');
  t.end();
});

test('the rate follows the last half minute', (t) => {
  const rate = new Rate(1000);
  rate.at(0, 0);
  t.deepEqual(rate.at(100, 10), { stepsPerSecond: 10, remainingSeconds: 90 });
  for (let time = 20; time <= 80; time += 10) rate.at(100 + (time - 10) * 2, time);
  const late = rate.at(260, 90);
  t.ok(Math.abs(late.stepsPerSecond - 2) < 1e-9, 'a slower pace is noticed');
  t.end();
});
