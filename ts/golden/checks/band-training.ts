import { type NativeModel, type NativeTensor, native } from '../../native/index.js';
import { fromTypedArray, Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError, statisticsError, statisticsOf } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { signed } from '../rule.js';
import { goldenModel } from './network.js';

/** A run of the file: as published, or with the neighbours that were intended (our default). */
interface Run {
  /** In front of the names of the file's tensors: '' or `intended/`. */
  prefix: string;
  /** In front of the noise values of the header. */
  noise: string;
  compat?: 'published' | 'default';
}

interface Trained {
  losses: number[];
  /** Bands as computed at their own step, `[bands, batch, height, width]`. */
  bands: Float32Array[];
  /** Gradients of the first band, changes of the parameters, and buffers at the end, by key. */
  gradients: Map<string, Float32Array>;
  deltas: Map<string, Float32Array>;
  buffers: Map<string, Float32Array>;
}

function read(golden: GoldenFile, name: string): Tensor<'float32'> {
  return fromTypedArray(Float32Array.from(golden.values(name)), golden.entry(name).shape, 'float32');
}

async function valuesOf(handle: NativeTensor): Promise<Float32Array> {
  return Float32Array.from(await native().toTypedArray(handle), Number);
}

type State = ReadonlyMap<string, NativeTensor>;

async function snapshot(state: State): Promise<Map<string, Float32Array>> {
  const result = new Map<string, Float32Array>();
  for (const [key, handle] of state) result.set(key, await valuesOf(handle));
  return result;
}

async function gradientsOf(state: State): Promise<Map<string, Float32Array>> {
  const result = new Map<string, Float32Array>();
  for (const [key, { grad }] of state) if (grad !== null) result.set(key, await valuesOf(grad));
  return result;
}

/** Mean absolute difference to the band, and its gradients. */
async function backward(y: Tensor<'float32'>, truth: Tensor<'float32'>): Promise<number> {
  const loss = await (await (await y.sub(truth)).abs()).mean();
  await loss.backward();
  return Number((await loss.toTypedArray())[0]);
}

/** The published loop over one batch: forward, L1, backward and an Adam step for each band. */
async function trained(golden: GoldenFile, model: NativeModel): Promise<Trained> {
  const { lr, bands: count } = golden.config() as Record<'lr' | 'bands', number>;
  await model.train(true);
  const state = model.state();
  const before = await snapshot(state);
  const parameters = new Map([...state].filter(([, tensor]) => tensor.requiresGrad));
  const optimizer = native().createOptimizer(parameters, { kind: 'adam' });
  const [x, hr] = [read(golden, 'input/x'), read(golden, 'input/hr')];
  const enlarged = golden.has('input/bicu') ? { enlarged: read(golden, 'input/bicu').native } : {};
  let carried: { state?: NativeTensor } = {};
  let gradients = new Map<string, Float32Array>();
  const [losses, bands]: [number[], Float32Array[]] = [[], []];
  for (let band = 0; band < count; band++) {
    const made = await model.upscaleBand(x.native, { band, grad: true, ...enlarged, ...carried });
    carried = { state: made.state };
    const y = new Tensor<'float32'>(made.y);
    losses.push(await backward(y, hr.select(1, band)));
    bands.push(await y.toTypedArray());
    if (band === 0) gradients = await gradientsOf(state);
    await optimizer.step(lr, 0);
    await optimizer.zeroGrad();
  }
  const after = await snapshot(state);
  const deltas = new Map(
    [...parameters.keys()].map((key) => {
      const start = before.get(key) ?? new Float32Array();
      return [key, (after.get(key) ?? start).map((value, i) => value - (start[i] ?? 0))];
    }),
  );
  return { losses, bands, gradients, deltas, buffers: after };
}

/** The bands in the order of the file, `[batch, bands, height, width]`. */
function inOrder(bands: Float32Array[], batch: number): Float32Array {
  const size = (bands[0]?.length ?? 0) / batch;
  const result = new Float32Array(bands.length * batch * size);
  bands.forEach((values, band) => {
    for (let sample = 0; sample < batch; sample++) {
      const part = values.subarray(sample * size, (sample + 1) * size);
      result.set(part, (sample * bands.length + band) * size);
    }
  });
  return result;
}

function compareStatistics(
  golden: GoldenFile,
  group: string,
  ours: Map<string, Float32Array>,
  skipped: ReadonlySet<string>,
  allowed: number,
): Deviation[] {
  const keys = golden.below(`${group}/`).filter((key) => !skipped.has(key));
  const norms = keys.map((key) => golden.values(`${group}/${key}`)[0] ?? 0);
  const floor = 1e-6 * Math.max(0, ...norms);
  return keys.map((key) => {
    const [norm = 0, projection = 0] = golden.values(`${group}/${key}`);
    const values = ours.get(key) ?? [Number.NaN];
    const found = statisticsOf(values, signed(`grad:${key}`, values.length));
    const error = statisticsError(found, { norm, projection }, floor);
    return { name: `${group}/${key}`, of: 'gradient', error, allowed };
  });
}

async function checkRun(golden: GoldenFile, { prefix, noise, compat }: Run): Promise<Deviation[]> {
  const model = await goldenModel(golden, {}, compat);
  const found = await trained(golden, model);
  model.dispose();
  const skipped = new Set([...golden.names('zero_grad'), ...golden.names(`${noise}zero_grad`)]);
  const batch = golden.entry('input/x').shape[0] ?? 1;
  const output = (name: string, ours: ArrayLike<number>, own: string): Deviation => ({
    name: `${prefix}output/${name}`,
    of: 'output',
    error: relativeError(ours, golden.values(`${prefix}output/${name}`)),
    allowed: Math.max(1e-5, 4 * golden.noise(noise + own)),
  });
  const statistics = (group: string, ours: Map<string, Float32Array>, own: string): Deviation[] => {
    const allowed = Math.max(1e-4, 4 * golden.noise(noise + own));
    return compareStatistics(golden, prefix + group, ours, skipped, allowed);
  };
  return [
    output('loss', found.losses, 'noise_loss'),
    output('y', inOrder(found.bands, batch), 'noise_y'),
    ...statistics('gradstat', found.gradients, 'noise_g'),
    ...statistics('delta', found.deltas, 'noise_delta'),
    ...statistics('buffer', found.buffers, 'noise_buffer'),
  ];
}

/** One batch of the loop that takes a step for each band, of a network that goes from band to band. */
export async function checkBandTraining(golden: GoldenFile): Promise<Deviation[]> {
  if (!golden.has('intended/output/y')) return checkRun(golden, { prefix: '', noise: '' });
  return [
    ...(await checkRun(golden, { prefix: '', noise: '', compat: 'published' })),
    ...(await checkRun(golden, { prefix: 'intended/', noise: 'intended_', compat: 'default' })),
  ];
}
