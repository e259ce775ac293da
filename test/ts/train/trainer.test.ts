import test from 'tape';
import { type NativeTrainerConfig, native } from '../../../ts/native/index.js';
import {
  bytesOf,
  differences,
  failure,
  numbersOf,
  size,
  tinyConfig,
  tinyDroppingModel,
  tinyModel,
  tinyPlan,
  tinyResponse,
  tinyStore,
  tinyTrainer,
  unsupervised,
  worst,
} from './tiny.js';

/** State after `steps` steps, in one run or in several with a new trainer and network after each part. */
async function stateAfter(
  changes: Partial<NativeTrainerConfig>,
  parts: readonly number[],
  createModel = tinyModel,
) {
  const rowsPerStep = (changes.batch ?? 2) * (changes.accumulate ?? 1);
  const total = parts.reduce((a, b) => a + b, 0);
  const plan = tinyPlan(total * rowsPerStep);
  let done = 0;
  let state = new Map();
  for (const steps of parts) {
    const { trainer } = tinyTrainer(changes, createModel());
    if (done > 0) await trainer.loadState(state);
    trainer.appendPlan(plan.subarray(done * rowsPerStep * 4));
    done += steps;
    await trainer.run(done);
    state = await trainer.state();
    trainer.dispose();
  }
  return bytesOf(state);
}

const recipes: Record<string, Partial<NativeTrainerConfig>> = {
  'supervised, two threads': { threads: 2 },
  unsupervised,
  'bf16, EMA, noise and clipping': {
    precision: 'bfloat16',
    ema: 0.9,
    clipNorm: 0.5,
    camera: { response: tinyResponse(), rgbBands: 3, noise: 0.02, bits: 8 },
  },
  'AdamW, accumulated, contiguous memory': {
    optimizer: { kind: 'adamw', lr: 1e-3, weightDecay: 0.01 },
    accumulate: 2,
    channelsLast: false,
  },
};

for (const [name, changes] of Object.entries(recipes)) {
  test(`the same seed gives the same bits, resumed or not: ${name}`, async (t) => {
    const whole = await stateAfter(changes, [4]);
    t.deepEqual(differences(whole, await stateAfter(changes, [4])), [], 'run twice');
    t.deepEqual(
      differences(whole, await stateAfter(changes, [1, 3])),
      [],
      'stopped after a step and resumed',
    );
  });
}

test('the same seed drops the same branches, resumed or not; another seed drops others', async (t) => {
  const whole = await stateAfter({}, [4], tinyDroppingModel);
  t.deepEqual(differences(whole, await stateAfter({}, [4], tinyDroppingModel)), [], 'run twice');
  t.deepEqual(differences(whole, await stateAfter({}, [1, 3], tinyDroppingModel)), [], 'resumed');
  t.notEqual(differences(whole, await stateAfter({ seed: 6 }, [4], tinyDroppingModel)).length, 0);
});

test('another seed is another noise', async (t) => {
  const camera = { response: tinyResponse(), rgbBands: 3, noise: 0.1 };
  const five = await stateAfter({ camera, seed: 5 }, [2]);
  const six = await stateAfter({ camera, seed: 6 }, [2]);
  t.notEqual(differences(five, six).length, 0);
});

test('training lowers the loss in both paradigms', async (t) => {
  for (const changes of [{}, unsupervised]) {
    const { trainer } = tinyTrainer({ ...changes, schedule: { kind: 'constant' } });
    const same = tinyPlan(2);
    for (let i = 0; i < 12; i++) trainer.appendPlan(same);
    const before = await trainer.validate(same);
    await trainer.run(12);
    const after = await trainer.validate(same);
    t.ok((after.total ?? 1) < 0.97 * (before.total ?? 0), `${before.total} -> ${after.total}`);
    trainer.dispose();
  }
});

test('a run ends at its step, at the end of the plan, or when paused', async (t) => {
  const { trainer } = tinyTrainer();
  trainer.appendPlan(tinyPlan(7));
  t.deepEqual(await trainer.run(2), { step: 2, reason: 'done' });
  t.deepEqual(await trainer.run(9), { step: 3, reason: 'plan' }, 'one row is too few for a step');
  trainer.appendPlan(tinyPlan(201));
  const running = trainer.run(100);
  const second = await failure(() => trainer.run(100));
  t.equal(second.code, 'RUN_BUSY');
  trainer.pause();
  const { reason, step } = await running;
  t.equal(reason, 'paused');
  t.ok(step < 100, `after step ${step}`);
  t.equal(trainer.progress().step, step);
  t.equal(trainer.progress().samples, 2 * step);
  t.deepEqual(await trainer.run(step + 1), { step: step + 1, reason: 'done' }, 'and goes on');
  trainer.dispose();
});

test('the plan may grow, and be looked at, during a run', async (t) => {
  const { trainer } = tinyTrainer(unsupervised);
  trainer.appendPlan(tinyPlan(8));
  const running = trainer.run(4);
  const [state, scores] = await Promise.all([trainer.state(), trainer.validate(tinyPlan(2))]);
  await running;
  t.ok(state.has('state/step') && Number.isFinite(scores.total));
  t.ok(Number.isFinite(scores.psnr), 'psnr where cubes exist');
  const [weights, whole] = [await bytesOf(await trainer.weights()), await bytesOf(await trainer.state())];
  for (const [key, bytes] of weights) if (whole.get(key) !== bytes) t.fail(`${key} differs`);
  trainer.dispose();
});

test('accumulated batches make the step of one batch as large', async (t) => {
  const after = async (changes: Partial<NativeTrainerConfig>) => {
    const { trainer } = tinyTrainer({ ...changes, loss: { terms: { mse: 1 } } });
    trainer.appendPlan(tinyPlan(4));
    await trainer.run(1);
    const result = trainer.progress();
    trainer.dispose();
    return result;
  };
  const whole = await after({ batch: 4 });
  const parts = await after({ batch: 1, accumulate: 4 });
  t.ok(Math.abs(whole.gradNorm / parts.gradNorm - 1) < 1e-4, `${whole.gradNorm}, ${parts.gradNorm}`);
  t.ok(Math.abs((whole.losses.total ?? 0) / (parts.losses.total ?? 1) - 1) < 1e-5, 'loss');
  t.equal(parts.samples, 4);
});

test('the averaged weights follow min(ema, (1 + n) / (10 + n))', async (t) => {
  const { trainer, model } = tinyTrainer({ ema: 0.25 });
  const key = 'reshape_out.conv2.conv2d.weight';
  const value = async (name: string): Promise<number[]> => {
    const tensor = (await trainer.state()).get(name);
    return tensor === undefined ? [] : numbersOf(tensor);
  };
  let wanted = await value(key);
  trainer.appendPlan(tinyPlan(8));
  for (let n = 1; n <= 4; n++) {
    await trainer.run(n);
    const decay = Math.min(0.25, (1 + n) / (10 + n));
    const weight = await value(key);
    wanted = wanted.map((shadow, i) => decay * shadow + (1 - decay) * (weight[i] ?? Number.NaN));
  }
  t.ok(worst(await value(`ema/${key}`), wanted) < 1e-7, 'shadow');
  t.ok(worst(await value(key), wanted) > 1e-6, 'the weights themselves are others');
  const before = await bytesOf(model.state());
  await trainer.validate(tinyPlan(2));
  t.deepEqual(differences(before, await bytesOf(model.state())), [], 'validation puts the weights back');
  const best = (await trainer.weights()).get(key);
  t.ok(best !== undefined && worst(await numbersOf(best), wanted) < 1e-7, 'weights() are the averaged ones');
  trainer.dispose();
});

test('clipping bounds the gradient that Adam sees', async (t) => {
  const moment = async (clipNorm: number): Promise<{ norm: number; gradNorm: number }> => {
    const { trainer } = tinyTrainer({ clipNorm });
    trainer.appendPlan(tinyPlan(2));
    await trainer.run(1);
    let squares = 0;
    for (const [name, tensor] of await trainer.state()) {
      if (!name.endsWith('/exp_avg')) continue;
      for (const value of await numbersOf(tensor)) squares += (value / (1 - 0.9)) ** 2;
    }
    const { gradNorm } = trainer.progress();
    trainer.dispose();
    return { norm: Math.sqrt(squares), gradNorm };
  };
  const free = await moment(0);
  t.ok(Math.abs(free.norm / free.gradNorm - 1) < 1e-4, 'unclipped: the first moment holds the gradient');
  const clipped = await moment(free.gradNorm / 4);
  t.ok(Math.abs(clipped.norm / (free.gradNorm / 4) - 1) < 1e-4, 'clipped to a quarter');
  t.equal(clipped.gradNorm, free.gradNorm, 'the norm is reported before clipping');
});

test('a loss that is not finite stops the run before its step, by name', async (t) => {
  const store = tinyStore(2);
  const { bands, height, width } = size;
  const values = new Float32Array(bands * height * width).fill(0.5);
  values[3 * width + 4] = Number.NaN;
  store.add({ name: 'spoiled', cube: { values, bands, scale: 1 }, height, width });
  const model = tinyModel();
  const trainer = native().createTrainer(model, store, tinyConfig());
  trainer.appendPlan(tinyPlan(4));
  trainer.appendPlan(Int32Array.from([0, 0, 0, 0, 2, 1, 2, 0]));
  await trainer.run(2);
  const before = await bytesOf(await trainer.state());
  const { code, message } = await failure(() => trainer.run(3));
  t.equal(code, 'RUN_LOSS_NOT_FINITE');
  t.match(message, /step 2: the loss.*mrae nan.*spoiled at 1,2/);
  t.deepEqual(differences(before, await bytesOf(await trainer.state())), [], 'state as before the step');
  t.deepEqual((await trainer.run(2)).reason, 'done', 'the trainer is not left running');
  trainer.dispose();
});

test('a state that does not fit is refused by name', async (t) => {
  const { trainer } = tinyTrainer({ ema: 0.9 });
  trainer.appendPlan(tinyPlan(2));
  await trainer.run(1);
  const state = await trainer.state();
  const without = new Map(state);
  without.delete('state/step');
  const missing = await failure(() => trainer.loadState(without));
  t.equal(missing.code, 'CHECKPOINT_STATE');
  t.match(missing.message, /state\/step/);
  const halved = new Map(state);
  halved.delete('ema/reshape_out.conv2.conv2d.weight');
  const average = await failure(() => trainer.loadState(halved));
  t.equal(average.code, 'CHECKPOINT_STATE');
  t.match(average.message, /ema\/reshape_out\.conv2\.conv2d\.weight/);
  trainer.dispose();
  t.equal((await failure(() => trainer.run(1))).code, 'RUN_DISPOSED');
});

test('settings out of range are refused by name', async (t) => {
  const refused = async (changes: Partial<NativeTrainerConfig>, code: string, text: RegExp) => {
    const found = await failure(() => tinyTrainer(changes));
    t.equal(found.code, code);
    t.match(found.message, text);
  };
  await refused({ batch: 0 }, 'CONFIG_TRAINER', /batch is 0/);
  await refused({ ema: 1 }, 'CONFIG_TRAINER', /ema is 1/);
  await refused({ loss: { terms: { ssim: 1 } } }, 'CONFIG_LOSS', /no term 'ssim'.*mrae/);
  await refused({ loss: { terms: { l1: 0 } } }, 'CONFIG_LOSS', /no term with a weight above 0/);
  await refused({ loss: { terms: { l1: -1 } } }, 'CONFIG_LOSS', /l1 has weight -1/);
  await refused({ optimizer: { kind: 'adam', lr: 1e-3, beta1: 1 } }, 'CONFIG_OPTIMIZER', /beta1 is 1/);
  await refused({ patch: 0 }, 'CONFIG_PATCH', /patch is 0/);
  await refused({ schedule: { kind: 'cosine' } }, 'CONFIG_SCHEDULE', /cosine/);
});

test('the unsupervised paradigm needs no cube and never asks for one', async (t) => {
  const store = native().createSceneStore();
  const rgb = { values: new Uint8Array(3 * 24 * 20).map((_, i) => (i * 37) % 251), bands: 3, scale: 255 };
  store.add({ name: 'photo', rgb, height: 24, width: 20 });
  const { camera, ...rest } = tinyConfig(unsupervised);
  const loss = { ...rest.loss, response: camera?.response ?? new Float64Array(), rgbBands: 3 };
  const trainer = native().createTrainer(tinyModel(), store, { ...rest, loss });
  const plan = Int32Array.from([0, 0, 0, 0, 0, 8, 4, 3]);
  trainer.appendPlan(plan);
  t.equal((await trainer.run(1)).reason, 'done');
  t.deepEqual(Object.keys(await trainer.validate(plan)).toSorted(), [
    'bandSsim',
    'css',
    'perceptual',
    'total',
  ]);
  t.equal(trainer.features, 'random', 'what the perceptual term compares in');
  trainer.dispose();
});

test('a network in closed form is fitted over a plan', async (t) => {
  const model = native().createModel('rootpoly', {}, 0);
  const trainer = native().createTrainer(model, tinyStore(), tinyConfig());
  await trainer.fit(tinyPlan(6));
  const scores = await trainer.validate(tinyPlan(6));
  t.ok((scores.psnr ?? 0) > 15, `psnr ${scores.psnr}`);
  trainer.dispose();
});
