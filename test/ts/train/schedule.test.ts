import test from 'tape';
import { type NativeSchedule, native } from '../../../ts/native/index.js';
import { failure } from './tiny.js';

const rate = (schedule: NativeSchedule, step: number, lr = 1e-4): number =>
  native().learningRate(lr, schedule, step);

function close(t: test.Test, found: number, wanted: number, message: string): void {
  t.ok(Math.abs(found - wanted) <= 1e-12 * Math.abs(wanted), `${message}: ${found}`);
}

test('poly is 1e-4 (1 - it/max)^1.5, as published, and 0 from the end on', (t) => {
  const schedule: NativeSchedule = { kind: 'poly', totalSteps: 94_500 };
  for (const step of [0, 1, 945, 94_499]) {
    close(t, rate(schedule, step), 1e-4 * (1 - step / 94_500) ** 1.5, `step ${step}`);
  }
  t.equal(rate(schedule, 94_500), 0, 'the end');
  t.equal(rate(schedule, 100_000), 0, 'beyond the end');
  t.end();
});

test('cosine goes from the rate to minLr in half a period, and stays', (t) => {
  const schedule: NativeSchedule = { kind: 'cosine', totalSteps: 300, minLr: 1e-6 };
  for (const step of [0, 77, 150, 299, 300]) {
    const wanted = 1e-6 + ((4e-4 - 1e-6) * (1 + Math.cos((Math.PI * step) / 300))) / 2;
    close(t, rate(schedule, step, 4e-4), wanted, `step ${step}`);
  }
  t.equal(rate(schedule, 1000, 4e-4), 1e-6, 'beyond the end');
  t.end();
});

test('step multiplies by gamma every stepSize steps, constant never', (t) => {
  const schedule: NativeSchedule = { kind: 'step', stepSize: 10, gamma: 0.5 };
  close(t, rate(schedule, 9), 1e-4, 'step 9');
  close(t, rate(schedule, 10), 5e-5, 'step 10');
  close(t, rate(schedule, 39), 1.25e-5, 'step 39');
  t.equal(rate({ kind: 'constant' }, 12345), 1e-4, 'constant');
  t.end();
});

test('warm-up rises linearly and the schedule follows in what is left', (t) => {
  const schedule: NativeSchedule = { kind: 'poly', totalSteps: 104, warmupSteps: 4 };
  close(t, rate(schedule, 0), 1e-4 / 5, 'first step');
  close(t, rate(schedule, 3), (4 * 1e-4) / 5, 'last step of the warm-up');
  close(t, rate(schedule, 4), 1e-4, 'full rate');
  close(t, rate(schedule, 54), 1e-4 * 0.5 ** 1.5, 'half of what is left');
  t.end();
});

test('a schedule that cannot be followed is refused by name', async (t) => {
  const noLength = await failure(() => rate({ kind: 'poly' }, 0));
  t.equal(noLength.code, 'CONFIG_SCHEDULE');
  t.match(noLength.message, /poly.*0 steps/);
  const noKind = await failure(() => rate({ kind: 'linear' as 'poly' }, 0));
  t.equal(noKind.code, 'CONFIG_SCHEDULE');
  t.match(noKind.message, /'linear'/);
  t.equal((await failure(() => rate({ kind: 'constant' }, 0, Number.NaN))).code, 'CONFIG_SCHEDULE', 'NaN');
});
