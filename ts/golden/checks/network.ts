import { listModels, type ModelFacts, modelFacts, optionsFromAuthors } from '../../models/index.js';
import { type NativeModel, native } from '../../native/index.js';
import { entryValues } from '../../io/index.js';
import { fromTypedArray, Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError, statisticsError, statisticsOf } from '../agreement.js';
import { NotInThisBuild } from '../check.js';
import { fillWeights } from '../fill.js';
import type { GoldenFile } from '../golden-file.js';
import { signed } from '../rule.js';

/** A network of the registry, made from the authors' configuration, with the weights of the rule. */
export async function goldenModel(
  golden: GoldenFile,
  extra: Record<string, unknown> = {},
): Promise<NativeModel> {
  const id = golden.text('network') ?? golden.id;
  if (!listModels().some((facts) => facts.id === id)) throw new NotInThisBuild(`network ${id}`);
  const facts = modelFacts(id);
  const config = { ...golden.config(), ...publishedOptions(facts, golden), ...extra };
  const { options, rest } = optionsFromAuthors(facts, config);
  if (golden.kind === 'network' && Object.keys(rest).length > 0) {
    throw new NotInThisBuild(`network ${id} with ${Object.keys(rest).join(', ')}`);
  }
  const model = native().createModel(id, options, 0);
  await fillWeights(model, golden);
  return model;
}

/** The options under which a network behaves as published, for a file that shows that and says that ours differs by default. */
function publishedOptions(facts: ModelFacts, golden: GoldenFile): Record<string, unknown> {
  if (golden.text('compat') !== 'published') return {};
  const preset = facts.presets.find(({ name }) => name === 'published');
  if (preset === undefined) throw new NotInThisBuild(`network ${facts.id} as published`);
  return preset.options;
}

/** Output and gradients of a network, on its inference path and on the path that training takes. */
export async function checkNetwork(golden: GoldenFile): Promise<Deviation[]> {
  // An input with an output of its own (`output/y_noise` of `input/noise`) is a case apart; `y` does without.
  const inputs = golden.below('input/').filter((name) => !golden.has(`output/y_${name}`));
  if (inputs.join() !== 'x') throw new NotInThisBuild(`a network with inputs ${inputs.join(', ')}`);
  const model = await goldenModel(golden);
  const training = golden.text('mode') === 'train';
  await model.train(training);
  try {
    const result = parameterCount(model, golden);
    // In training mode a second pass would move running statistics once more.
    if (!training) result.push(...(await checkInference(model, golden)));
    result.push(...(await checkGradients(model, golden)));
    for (const key of golden.below('output/after/')) result.push(await checkBuffer(model, golden, key));
    return result;
  } finally {
    model.dispose();
  }
}

function parameterCount(model: NativeModel, golden: GoldenFile): Deviation[] {
  const expected = golden.number('params', Number.NaN);
  if (Number.isNaN(expected)) return [];
  const error = Math.abs(model.parametersCount - expected);
  return [{ name: 'number of parameters', of: 'output', error, allowed: 0 }];
}

function inputOf(golden: GoldenFile, requiresGrad: boolean): Tensor<'float32'> {
  const { shape } = golden.entry('input/x');
  return fromTypedArray(Float32Array.from(golden.values('input/x')), shape, {
    dtype: 'float32',
    requiresGrad,
  });
}

function outputTolerance(golden: GoldenFile): number {
  return Math.max(1e-5, 4 * golden.noise('noise_y'));
}

async function checkInference(model: NativeModel, golden: GoldenFile): Promise<Deviation[]> {
  using x = inputOf(golden, false);
  using y = new Tensor<'float32'>(await model.forward(x.native, { grad: false, precision: 'float32' }));
  const error = relativeError(await y.toTypedArray(), golden.values('output/y'));
  return [{ name: 'y of inference', of: 'output', error, allowed: outputTolerance(golden) }];
}

async function checkGradients(model: NativeModel, golden: GoldenFile): Promise<Deviation[]> {
  using x = inputOf(golden, true);
  using y = new Tensor<'float32'>(await model.forward(x.native, { grad: true, precision: 'float32' }));
  const error = relativeError(await y.toTypedArray(), golden.values('output/y'));
  const result: Deviation[] = [{ name: 'y', of: 'output', error, allowed: outputTolerance(golden) }];
  if (golden.below('grad').length + golden.below('gradstat/').length === 0) return result;
  // The loss of the files is mean(y w).
  const probe = signed('loss:w', y.size);
  using gradient = fromTypedArray(
    Float32Array.from(probe, (w) => Math.fround(w) / y.size),
    y.shape,
    'float32',
  );
  await y.backward({ gradient });
  result.push(...(await inputGradient(x, golden)), ...(await parameterGradients(model, golden)));
  return result;
}

async function inputGradient(x: Tensor<'float32'>, golden: GoldenFile): Promise<Deviation[]> {
  if (!golden.has('grad/x')) return [];
  using grad = x.grad;
  const ours = grad === null ? new Float32Array(x.size) : await grad.toTypedArray();
  const error = relativeError(ours, golden.values('grad/x'));
  return [{ name: 'grad/x', of: 'gradient', error, allowed: Math.max(1e-5, 4 * golden.noise('noise_gx')) }];
}

async function parameterGradients(model: NativeModel, golden: GoldenFile): Promise<Deviation[]> {
  const skipped = new Set(golden.names('zero_grad'));
  const keys = golden.below('gradstat/').filter((key) => !skipped.has(key));
  const norms = keys.map((key) => golden.values(`gradstat/${key}`)[0] ?? 0);
  const floor = 1e-6 * Math.max(0, ...norms);
  const allowed = Math.max(1e-4, 4 * golden.noise('noise_g'));
  const state = model.state();
  const result: Deviation[] = [];
  for (const key of keys) {
    const [norm = 0, projection = 0] = golden.values(`gradstat/${key}`);
    const error = statisticsError(await gradientStatistics(state.get(key), key), { norm, projection }, floor);
    result.push({ name: `gradient of ${key}`, of: 'gradient', error, allowed });
  }
  for (const handle of state.values()) handle.dispose();
  return result;
}

type Handle = ReturnType<NativeModel['state']> extends Map<string, infer T> ? T : never;

async function gradientStatistics(parameter: Handle | undefined, key: string) {
  const handle = parameter?.grad ?? null;
  if (handle === null) return { norm: Number.NaN, projection: Number.NaN };
  using grad = new Tensor<'float32'>(handle);
  const values = await grad.toTypedArray();
  return statisticsOf(values, signed(`grad:${key}`, values.length));
}

async function checkBuffer(model: NativeModel, golden: GoldenFile, key: string): Promise<Deviation> {
  const handle = model.state().get(key);
  const ours = handle === undefined ? [] : Array.from(await native().toTypedArray(handle), Number);
  const stored = Float64Array.from(entryValues(golden.entry(`output/after/${key}`)), Number);
  const error = relativeError(ours, stored);
  return { name: `after/${key}`, of: 'output', error, allowed: outputTolerance(golden) };
}
