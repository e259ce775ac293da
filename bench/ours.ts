/** Our side: a process that is sent cases as JSON lines on standard input and answers each with a line. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { readCube } from '../ts/data/index.js';
import { protocolNamed, scoreCube } from '../ts/metrics/index.js';
import { createModel, type Model, modelFacts, sizeOptions } from '../ts/models/index.js';
import { type NativeOptimizer, native } from '../ts/native/index.js';
import { reconstruct } from '../ts/reconstruct/index.js';
import { full, noGrad, rand, setThreads, type Tensor } from '../ts/tensor/index.js';
import { supervisedLoss, unssrLoss } from '../ts/train/losses.js';
import { type UpscaleEvent, type UpscaleOptions, upscale } from '../ts/upscale/index.js';
import type { BenchCase, ReadingCase, ResizeCase, ScoresCase, Timing } from './case.js';
import { writeLowCubeAndWeights } from './low-cube.js';
import { peakBytes } from './peak-memory.js';
import { writePhotoAndWeights } from './photo.js';
import { openTraining, writeScenes } from './training-speed.js';

interface Prepared {
  run(): Promise<void>;
  /** Floating-point operations of a run, where they are counted. */
  operations?(): Promise<number>;
  /** Seconds that training has waited for its batches. */
  waited?(): number;
}

let prepared: Prepared | undefined;

async function forwardOf(model: Model, x: Tensor, { precision }: BenchCase): Promise<Prepared> {
  const run = async (): Promise<void> => {
    const y = await noGrad(() => model.forward(x, { precision }));
    y.dispose();
  };
  return { run, operations: () => model.native.countOperations(x.native, false) };
}

/** What goes backward: the mean of a reconstruction, L1 against a cube for super-resolution. */
function descent(x: Tensor, { scale, size }: BenchCase): (y: Tensor) => Promise<void> {
  if (scale === 1) {
    let gradient: Tensor<'float32'> | undefined;
    return (y) => {
      gradient ??= full(y.shape, 1 / y.size);
      return y.backward({ gradient });
    };
  }
  const [batch = 1, bands = 1] = x.shape;
  const truth = rand([batch, bands, scale * size, scale * size], { seed: 3 });
  const loss = supervisedLoss('l1');
  return async (y) => {
    const { total, terms } = await loss(y, truth);
    await total.backward();
    for (const tensor of [total, ...Object.values(terms)]) tensor.dispose();
  };
}

/** Forward, backward, and a step of Adam. */
async function trainingOf(model: Model, x: Tensor, item: BenchCase): Promise<Prepared> {
  await model.train(true);
  const handles = new Map([...model.parameters()].map(([key, tensor]) => [key, tensor.native]));
  const optimizer: NativeOptimizer = native().createOptimizer(handles, { kind: 'adam' });
  const descend = descent(x, item);
  const run = async (): Promise<void> => {
    using y = await model.forward(x, { precision: item.precision });
    await descend(y);
    await optimizer.step(1e-6, 0);
    await optimizer.zeroGrad();
  };
  return { run, operations: () => model.native.countOperations(x.native, true) };
}

/** All terms of the loss, on what the network makes of the image, forward and backward to that cube. */
async function lossesOf(model: Model, x: Tensor, { precision }: BenchCase): Promise<Prepared> {
  const cube = await noGrad(() => model.forward(x, { precision }));
  cube.requiresGrad = true;
  const loss = await unssrLoss();
  const run = async (): Promise<void> => {
    const { total, terms, indices } = await loss(cube, x);
    await total.backward();
    await cube.zeroGrad();
    for (const tensor of [total, ...Object.values(terms)]) tensor.dispose();
    indices?.dispose();
  };
  return { run };
}

function resizeOf({ bands, size, style, factor }: ResizeCase): Prepared {
  const x = rand([bands, size, size], { seed: 2 });
  const side = Math.round(factor * size);
  return { run: async () => (await x.imresize({ size: [side, side], style })).dispose() };
}

function scoresOf({ protocol, bands, size }: ScoresCase): Prepared {
  const [estimate, truth] = [2, 3].map((seed) => rand([bands, size, size], { seed }));
  if (estimate === undefined || truth === undefined) throw new RangeError('two cubes are scored');
  const options = { protocol: protocolNamed(protocol) };
  return { run: async () => void (await scoreCube(estimate.native, truth.native, options)) };
}

const modes = { forward: forwardOf, training: trainingOf, losses: lossesOf };

async function prepare(item: BenchCase | ReadingCase | ResizeCase | ScoresCase): Promise<Prepared> {
  if (item.mode === 'reading') return { run: async () => void (await readCube(item.path)) };
  if (item.mode === 'scores') return scoresOf(item);
  if (item.mode === 'resize') return resizeOf(item);
  const { batch, bands, size, scale } = item;
  const options = { ...sizeOptions(modelFacts(item.model), size, size), ...(scale === 1 ? {} : { scale }) };
  const model = createModel(item.model, options, { seed: 1 });
  const x = rand([batch, bands, size, size], { seed: 2 });
  return modes[item.mode](model, x, item);
}

async function timed(repetitions: number): Promise<Timing> {
  const seconds: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const start = performance.now();
    await prepared?.run();
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds, peakBytes: peakBytes() };
}

/** Milliseconds for which the event loop was held up at most while the prepared case ran. */
async function longestBlock(repetitions: number): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let i = 0; i < repetitions; i++) await prepared?.run();
  delays.disable();
  return delays.max / 1e6;
}

/** Seconds of one product of two square matrices: the machine's peak at that precision, within reach of a program. */
async function gemm(size: number, precision: 'float32' | 'bfloat16', repetitions: number): Promise<number[]> {
  const [a, b] = await Promise.all([1, 2].map((seed) => rand([size, size], { seed }).to(precision)));
  const seconds: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const start = performance.now();
    (await (a as Tensor).matmul(b as Tensor)).dispose();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

async function enlarged(options: UpscaleOptions): Promise<object> {
  let tile = 0;
  const onProgress = (event: UpscaleEvent): void => {
    if (event.type === 'start') tile = event.tile;
  };
  const { seconds } = await upscale({ ...options, onProgress });
  return { seconds, tile, peakBytes: peakBytes() };
}

async function answer(line: string): Promise<unknown> {
  const request = JSON.parse(line);
  switch (request.do) {
    case 'prepare':
      // Reading needs no LibTorch, and must not pay for it.
      if (request.case.mode !== 'reading') setThreads(request.threads);
      prepared = await prepare(request.case);
      return { operations: await prepared?.operations?.() };
    case 'time':
      return timed(request.repetitions);
    case 'longest-block':
      return { milliseconds: await longestBlock(request.repetitions) };
    case 'gemm':
      setThreads(request.threads);
      return { seconds: await gemm(request.size, request.precision, request.repetitions) };
    case 'photo':
      await writePhotoAndWeights(request);
      return {};
    case 'reconstruct': {
      const { images, seconds } = await reconstruct(request.options);
      return { seconds, tile: images[0]?.tile, peakBytes: peakBytes() };
    }
    case 'low-cube':
      await writeLowCubeAndWeights(request);
      return {};
    case 'scenes':
      await writeScenes(request);
      return {};
    case 'open-training':
      prepared = await openTraining(request.options);
      return {};
    case 'waited':
      return { seconds: prepared?.waited?.() ?? Number.NaN };
    case 'upscale':
      return enlarged(request.options);
    default:
      throw new RangeError(`unknown request ${line}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(line).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
