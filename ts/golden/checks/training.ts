import {
  type NativeLossConfig,
  type NativeModel,
  type NativeSchedule,
  native,
  type Paradigm,
} from '../../native/index.js';
import { cameraResponse, responseFor } from '../../degrade/index.js';
import { fromTypedArray, Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { ruleFeatures } from './features.js';
import { goldenModel } from './network.js';

interface Loop {
  paradigm: Paradigm;
  loss: NativeLossConfig;
  lr: number;
  schedule: NativeSchedule;
  /** Names of the terms whose values the file keeps for each step, in its order; `total` for the sum. */
  columns: string[];
  steps: number;
}

interface Trained {
  losses: number[];
  rates: number[];
  y: Float32Array;
}

/** One step on the file's one batch: forward, loss, backward, Adam. */
async function step(
  model: NativeModel,
  golden: GoldenFile,
  loop: Loop,
  update: (rate: number) => Promise<void>,
  rate: number,
) {
  using x = batch(golden, 'input/x');
  using label = golden.has('input/label') ? batch(golden, 'input/label') : batch(golden, 'input/x');
  using y = new Tensor<'float32'>(await model.forward(x.native, { grad: true, precision: 'float32' }));
  const inputs = loop.paradigm === 'supervised' ? { truth: label.native } : { rgb: x.native };
  const found = await native()
    .createLoss(loop.paradigm, loop.loss)
    .compute({ prediction: y.native, ...inputs }, true);
  using total = new Tensor<'float32'>(found.total);
  const values: number[] = [];
  for (const column of loop.columns) {
    const term = column === 'total' ? total : new Tensor<'float32'>(found.terms[column] ?? found.total);
    values.push(Number((await term.toTypedArray())[0]));
  }
  await total.backward();
  await update(rate);
  return values;
}

function batch(golden: GoldenFile, name: string): Tensor<'float32'> {
  return fromTypedArray(Float32Array.from(golden.values(name)), golden.entry(name).shape, 'float32');
}

async function trained(golden: GoldenFile, loop: Loop): Promise<Trained> {
  const model = await goldenModel(golden);
  await model.train(true);
  const { aliases } = model;
  const parameters = new Map(
    [...model.state()].filter(([key, tensor]) => tensor.requiresGrad && !(key in aliases)),
  );
  const optimizer = native().createOptimizer(parameters, { kind: 'adam' });
  const update = async (rate: number): Promise<void> => {
    await optimizer.step(rate, 0);
    await optimizer.zeroGrad();
  };
  const losses: number[] = [];
  const rates: number[] = [];
  for (let i = 0; i < loop.steps; i++) {
    const rate = native().learningRate(loop.lr, loop.schedule, i);
    rates.push(rate);
    losses.push(...(await step(model, golden, loop, update, rate)));
  }
  using x = batch(golden, 'input/x');
  using y = new Tensor<'float32'>(await model.forward(x.native, { grad: false, precision: 'float32' }));
  const result = { losses, rates, y: await y.toTypedArray() };
  model.dispose();
  return result;
}

async function checkLoop(golden: GoldenFile, loop: Loop, prefix = ''): Promise<Deviation[]> {
  const { losses, rates, y } = await trained(golden, loop);
  const compare = (name: string, ours: ArrayLike<number>, allowed: number): Deviation => ({
    name: prefix + name,
    of: 'output',
    error: relativeError(ours, golden.values(`output/${name === 'lr' ? '' : prefix}${name}`)),
    allowed,
  });
  return [
    compare('losses', losses, Math.max(1e-5, 4 * golden.noise('noise_loss'))),
    compare('lr', rates, 1e-12),
    compare('y', y, Math.max(1e-5, 4 * golden.noise('noise_y'))),
  ];
}

/** Five steps of the toolbox's supervised loop. */
export async function checkSupervisedTraining(golden: GoldenFile): Promise<Deviation[]> {
  const config = golden.config() as Record<'init_lr' | 'eta_min' | 'T_max' | 'steps', number>;
  return checkLoop(golden, {
    paradigm: 'supervised',
    loss: { terms: { mrae: 1 }, mraeFloor: 0 },
    lr: config.init_lr,
    schedule: { kind: 'cosine', totalSteps: config.T_max, minLr: config.eta_min },
    columns: ['total'],
    steps: config.steps,
  });
}

/** Five steps of the unsupervised loop: with a gradient through every term, and as published. */
export async function checkUnsupervisedTraining(golden: GoldenFile): Promise<Deviation[]> {
  const config = golden.config() as Record<'init_lr' | 'power' | 'max_iter' | 'steps', number> & {
    weights: number[];
  };
  const [css = 0, bandSsim = 0, perceptual = 0] = config.weights;
  const bands = golden.entry('output/y').shape[1] ?? 0;
  const filters = responseFor(await cameraResponse('cie1964'), {
    name: golden.id,
    bands,
    wavelengths: null,
  }).table;
  const loop = (compat: 'default' | 'published'): Loop => ({
    paradigm: 'unsupervised',
    loss: {
      terms: { css, bandSsim, perceptual },
      compat,
      response: filters,
      rgbBands: 3,
      fixedIndices: [...golden.values('input/idx')],
      features: ruleFeatures(1.4),
    },
    lr: config.init_lr,
    schedule: { kind: 'poly', totalSteps: config.max_iter, power: config.power },
    columns: ['css', 'bandSsim', 'perceptual', 'total'],
    steps: config.steps,
  });
  return [
    ...(await checkLoop(golden, loop('default'))),
    ...(await checkLoop(golden, loop('published'), 'published/')),
  ];
}
