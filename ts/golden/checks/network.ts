import { listModels, type ModelFacts, modelFacts, optionsFromAuthors } from '../../models/index.js';
import { type ModelOptions, type NativeModel, native } from '../../native/index.js';
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
  compat = golden.text('compat'),
): Promise<NativeModel> {
  const facts = factsOf(golden);
  const { id } = facts;
  const config = { ...golden.config(), ...publishedOptions(facts, compat), ...extra };
  const { options: given, rest } = optionsFromAuthors(facts, config);
  if (golden.kind === 'network' && Object.keys(rest).length > 0) {
    throw new NotInThisBuild(`network ${id} with ${Object.keys(rest).join(', ')}`);
  }
  const options = { ...scaleOfEnlarged(facts, given), ...given };
  const model = native().createModel(id, options, 0);
  await fillWeights(model, golden, facts.optionalKeys);
  return model;
}

function factsOf(golden: GoldenFile): ModelFacts {
  const id = golden.text('network') ?? golden.id;
  if (!listModels().some((facts) => facts.id === id)) throw new NotInThisBuild(`network ${id}`);
  return modelFacts(id);
}

/** A published network that is told no scale takes cubes at their final size. */
function scaleOfEnlarged({ scales }: ModelFacts, given: ModelOptions): ModelOptions {
  return scales.includes(1) && given.scale === undefined ? { scale: 1 } : {};
}

/** The options under which a network behaves as published, for a file that shows that and says that ours differs by default. */
function publishedOptions(facts: ModelFacts, compat: string | undefined): Record<string, unknown> {
  if (compat !== 'published') return {};
  const preset = facts.presets.find(({ name }) => name === 'published');
  if (preset === undefined) throw new NotInThisBuild(`network ${facts.id} as published`);
  return preset.options;
}

/** What a file shows of a network: its `output/`, or the `intended/` variant that a file of published behaviour may hold beside it. */
interface Variant {
  /** In front of `y`, `grad/` and `gradstat/`: '' or `intended/`. */
  prefix: string;
  /** In front of the noise values of the header. */
  noise: string;
}

/** Output and gradients of a network, on its inference path and on the path that training takes; where the file also holds our
 * default behaviour (`intended/`), that too. */
export async function checkNetwork(golden: GoldenFile): Promise<Deviation[]> {
  // An input with an output of its own (`output/y_noise` of `input/noise`) is a case apart; `y` does without.
  const inputs = golden.below('input/').filter((name) => !golden.has(`output/y_${name}`));
  const { enlarged } = factsOf(golden);
  const others = inputs.filter((name) => name !== 'x' && name !== enlarged);
  if (others.length > 0) throw new NotInThisBuild(`a network with inputs ${inputs.join(', ')}`);
  const model = await goldenModel(golden);
  const training = golden.text('mode') === 'train';
  await model.train(training);
  try {
    const result = parameterCount(model, golden);
    const published = { prefix: '', noise: '' };
    // In training mode a second pass would move running statistics once more.
    if (!training) result.push(...(await checkInference(model, golden, published)));
    result.push(...(await checkGradients(model, golden, published)));
    for (const key of golden.below('output/after/')) result.push(await checkBuffer(model, golden, key));
    if (golden.has('intended/y')) result.push(...(await checkIntended(golden)));
    return result;
  } finally {
    model.dispose();
  }
}

async function checkIntended(golden: GoldenFile): Promise<Deviation[]> {
  const model = await goldenModel(golden, {}, 'default');
  const variant = { prefix: 'intended/', noise: 'intended_' };
  try {
    return [
      ...(await checkInference(model, golden, variant)),
      ...(await checkGradients(model, golden, variant)),
    ];
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

/** Inputs by name. A volume of one channel, `[N, 1, bands, height, width]`, is a cube to us. */
function inputsOf(golden: GoldenFile, requiresGrad: boolean): { x: Tensor<'float32'>; enlarged?: Tensor } {
  const read = (name: string): Tensor<'float32'> => {
    const { shape } = golden.entry(`input/${name}`);
    return fromTypedArray(
      Float32Array.from(golden.values(`input/${name}`)),
      shape.length === 5 ? shape.toSpliced(1, 1) : shape,
      { dtype: 'float32', requiresGrad },
    );
  };
  const { enlarged } = factsOf(golden);
  return golden.has(`input/${enlarged}`) ? { x: read('x'), enlarged: read(enlarged) } : { x: read('x') };
}

/** The result of the file's inputs, and the inputs themselves, which hold their gradients afterwards. */
async function forward(model: NativeModel, golden: GoldenFile, grad: boolean) {
  const { x, enlarged } = inputsOf(golden, grad);
  const options = { grad, precision: 'float32' } as const;
  const handle = await model.forward(
    x.native,
    enlarged === undefined ? options : { ...options, enlarged: enlarged.native },
  );
  return { x, enlarged, y: new Tensor<'float32'>(handle) };
}

async function outputError(
  y: Tensor<'float32'>,
  golden: GoldenFile,
  { prefix, noise }: Variant,
): Promise<Pick<Deviation, 'error' | 'allowed'>> {
  const expected = golden.values(prefix === '' ? 'output/y' : `${prefix}y`);
  const error = relativeError(await y.toTypedArray(), expected);
  return { error, allowed: Math.max(1e-5, 4 * golden.noise(`${noise}noise_y`)) };
}

async function checkInference(
  model: NativeModel,
  golden: GoldenFile,
  variant: Variant,
): Promise<Deviation[]> {
  const { x, enlarged, y } = await forward(model, golden, false);
  const found = await outputError(y, golden, variant);
  for (const tensor of [x, enlarged, y]) tensor?.dispose();
  return [{ name: `${variant.prefix}y of inference`, of: 'output', ...found }];
}

async function checkGradients(
  model: NativeModel,
  golden: GoldenFile,
  variant: Variant,
): Promise<Deviation[]> {
  const { prefix } = variant;
  const { x, enlarged, y } = await forward(model, golden, true);
  const result: Deviation[] = [
    { name: `${prefix}y`, of: 'output', ...(await outputError(y, golden, variant)) },
  ];
  if (golden.below(`${prefix}grad`).length === 0) return result;
  // The loss of the files is mean(y w).
  const probe = signed('loss:w', y.size);
  using gradient = fromTypedArray(
    Float32Array.from(probe, (w) => Math.fround(w) / y.size),
    y.shape,
    'float32',
  );
  await y.backward({ gradient });
  result.push(...(await inputGradient(x, golden, 'x', variant)));
  if (enlarged !== undefined) {
    result.push(...(await inputGradient(enlarged, golden, factsOf(golden).enlarged, variant)));
  }
  result.push(...(await parameterGradients(model, golden, variant)));
  for (const tensor of [x, enlarged, y]) tensor?.dispose();
  return result;
}

async function inputGradient(
  x: Tensor,
  golden: GoldenFile,
  input: string,
  { prefix, noise }: Variant,
): Promise<Deviation[]> {
  const name = `${prefix}grad/${input}`;
  if (!golden.has(name)) return [];
  using grad = x.grad;
  const ours = grad === null ? new Float32Array(x.size) : Array.from(await grad.toTypedArray(), Number);
  const error = relativeError(ours, golden.values(name));
  const allowed = Math.max(1e-5, 4 * golden.noise(`${noise}noise_gx`));
  return [{ name, of: 'gradient', error, allowed }];
}

async function parameterGradients(
  model: NativeModel,
  golden: GoldenFile,
  { prefix, noise }: Variant,
): Promise<Deviation[]> {
  const skipped = new Set([...golden.names('zero_grad'), ...golden.names(`${noise}zero_grad`)]);
  const keys = golden.below(`${prefix}gradstat/`).filter((key) => !skipped.has(key));
  const norms = keys.map((key) => golden.values(`${prefix}gradstat/${key}`)[0] ?? 0);
  const floor = 1e-6 * Math.max(0, ...norms);
  const allowed = Math.max(1e-4, 4 * golden.noise(`${noise}noise_g`));
  const state = model.state();
  const result: Deviation[] = [];
  for (const key of keys) {
    const [norm = 0, projection = 0] = golden.values(`${prefix}gradstat/${key}`);
    const error = statisticsError(await gradientStatistics(state.get(key), key), { norm, projection }, floor);
    result.push({ name: `${prefix}gradient of ${key}`, of: 'gradient', error, allowed });
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
  return { name: `after/${key}`, of: 'output', error, allowed: Math.max(1e-5, 4 * golden.noise('noise_y')) };
}
