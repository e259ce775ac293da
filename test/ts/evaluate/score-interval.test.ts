import { monitorEventLoopDelay } from 'node:perf_hooks';
import test from 'tape';
import { scoreInterval } from '../../../ts/evaluate/score-interval.js';
import { unit } from '../../../ts/golden/rule.js';
import type { Scores } from '../../../ts/metrics/index.js';

function scores(psnr: number): Scores {
  return { psnr, psnrBand: psnr + 1, rmse: 1 / psnr, mrae: 0.1, ssim: 0.9, sam: 3, ergas: Number.NaN };
}

test('an interval holds the mean, is the same each time, and there is none of one scene', async (t) => {
  t.equal(await scoreInterval([scores(30)]), null);
  t.equal(await scoreInterval([]), null);
  const scenes = [28, 30, 31, 35, 40].map(scores);
  const interval = await scoreInterval(scenes);
  const [low = 0, high = 0] = interval?.psnr ?? [];
  t.ok(low > 28 && low < 32.8 && high > 32.8 && high < 40, `32.8 lies in ${low} to ${high}`);
  t.deepEqual(await scoreInterval(scenes), interval, 'the draws are seeded');
  t.deepEqual(
    interval?.ssim.map((end) => Math.abs(end - 0.9) < 1e-12),
    [true, true],
    'equal scores, no width',
  );
  t.ok(interval?.ergas.every(Number.isNaN), 'a score that is not finite has none');
});

test('the interval of a normal sample has its known width', async (t) => {
  // Sums of 12 uniform numbers: mean 30, deviation 1; of 400 scenes the mean is within 1.96 / 20 of 30.
  const draws = unit('normal', 400 * 12);
  const scenes = Array.from({ length: 400 }, (_, i) =>
    scores(24 + draws.slice(12 * i, 12 * i + 12).reduce((sum, value) => sum + value, 0)),
  );
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [low = 0, high = 0] = (await scoreInterval(scenes))?.psnr ?? [];
  delay.disable();
  t.ok(Math.abs((high - low) / (2 * 0.098) - 1) < 0.15, `${low} to ${high}`);
  t.comment(`the event loop waited ${(delay.max / 1e6).toFixed(0)} ms at most`);
});
