import test from 'tape';
import { signed, unit } from '../../../ts/golden/rule.js';
import { type NativeLossConfig, type NativeTensor, native, type Paradigm } from '../../../ts/native/index.js';
import { failure, numbersOf, tinyResponse, worst } from './tiny.js';

const shape = [2, 31, 12, 10];
const count = 2 * 31 * 12 * 10;

function tensor(
  values: ArrayLike<number>,
  dims: readonly number[],
  dtype: 'float32' | 'float64' = 'float64',
) {
  const typed = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  return native().fromTypedArray(typed, dims, dtype, 'cpu');
}

const cube = (name = 'cube'): NativeTensor => tensor(unit(name, count), shape);
const image = (name = 'rgb'): NativeTensor => tensor(unit(name, 2 * 3 * 120), [2, 3, 12, 10]);

async function value(
  paradigm: Paradigm,
  config: NativeLossConfig,
  inputs: { prediction: NativeTensor; rgb?: NativeTensor; truth?: NativeTensor },
): Promise<number> {
  const loss = native().createLoss(paradigm, { response: tinyResponse(), ...config });
  const { total } = await loss.compute(inputs, false);
  return (await numbersOf(total))[0] ?? Number.NaN;
}

test('css compares the reprojected cube with the image, with or without its minimum', async (t) => {
  const [y, x] = [unit('cube', count), unit('rgb', 720)];
  const least = Math.min(...y);
  const response = tinyResponse();
  for (const shift of ['none', 'batch-min'] as const) {
    let sum = 0;
    for (let i = 0; i < 720; i++) {
      const [sample, k, pixel] = [Math.floor(i / 360), Math.floor(i / 120) % 3, i % 120];
      let colour = 0;
      for (let band = 0; band < 31; band++) {
        const at = (sample * 31 + band) * 120 + pixel;
        colour += ((response[band * 3 + k] ?? 0) * ((y[at] ?? 0) - (shift === 'none' ? 0 : least))) / 255;
      }
      sum += Math.abs(colour - (x[i] ?? 0));
    }
    const found = await value(
      'unsupervised',
      { terms: { css: 1 }, shift },
      { prediction: cube(), rgb: image() },
    );
    t.ok(Math.abs(found - sum / 720) < 1e-12, `shift ${shift}`);
  }
});

/** The mean square of the differences of neighbours along a dimension of the cube. */
function meanSquareStep(y: ArrayLike<number>, dim: number): number {
  const size = shape[dim] ?? 1;
  const stride = shape.slice(dim + 1).reduce((a, b) => a * b, 1);
  const squares: number[] = [];
  for (let i = 0; i < count; i++) {
    if (Math.floor(i / stride) % size < size - 1) squares.push(((y[i + stride] ?? 0) - (y[i] ?? 0)) ** 2);
  }
  return squares.reduce((a, b) => a + b, 0) / squares.length;
}

test('the supervised losses follow their formulas, and mixtures add up', async (t) => {
  const [y, label] = [unit('cube', count), unit('label', count)];
  const differences = y.map((v, i) => v - (label[i] ?? 0));
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  const angles = new Float64Array(240);
  for (let i = 0; i < 240; i++) {
    let [dot, a, b] = [0, 0, 0];
    for (let band = 0; band < 31; band++) {
      const at = (Math.floor(i / 120) * 31 + band) * 120 + (i % 120);
      dot += (y[at] ?? 0) * (label[at] ?? 0);
      a += (y[at] ?? 0) ** 2;
      b += (label[at] ?? 0) ** 2;
    }
    angles[i] = Math.acos(dot / Math.sqrt(a * b));
  }
  const wanted = {
    mrae: mean(differences.map((d, i) => Math.abs(d) / Math.max(label[i] ?? 0, 0.01))),
    l1: mean(differences.map(Math.abs)),
    mse: mean(differences.map((d) => d * d)),
    rmse: Math.sqrt(mean(differences.map((d) => d * d))),
    sam: mean(angles),
    spatialTv: meanSquareStep(y, 2) + meanSquareStep(y, 3),
    spectralTv: 2 * meanSquareStep(y, 1),
  };
  const inputs = { prediction: cube(), truth: cube('label') };
  let sum = 0;
  for (const [name, number] of Object.entries(wanted)) {
    const found = await value('supervised', { terms: { [name]: 2 }, mraeFloor: 0.01 }, inputs);
    t.ok(Math.abs(found - 2 * number) < 1e-10, name);
    sum += number;
  }
  const all = await value(
    'supervised',
    { terms: Object.fromEntries(Object.keys(wanted).map((name) => [name, 1])), mraeFloor: 0.01 },
    inputs,
  );
  t.ok(Math.abs(all - sum) < 1e-10, 'mixture');
});

test('zeros in the truth have a finite relative error by default and an infinite one as published', async (t) => {
  const inputs = { prediction: cube(), truth: tensor(new Float64Array(count), shape) };
  const floored = await value('supervised', { terms: { mrae: 1 } }, inputs);
  t.ok(floored > 100 && floored < 1000, `floor 1e-3: ${floored}`);
  t.equal(await value('supervised', { terms: { mrae: 1 }, compat: 'published' }, inputs), Infinity);
});

test('losses of a cube with itself are 0, with finite gradients', async (t) => {
  for (const name of ['mrae', 'l1', 'mse', 'rmse', 'sam']) {
    const loss = native().createLoss('supervised', { terms: { [name]: 1 } });
    const prediction = cube();
    prediction.setRequiresGrad(true);
    const { total } = await loss.compute({ prediction, truth: cube() }, true);
    t.deepEqual(await numbersOf(total), [0], name);
    await native().backward(total, null, false);
    const grad = prediction.grad === null ? [Number.NaN] : await numbersOf(prediction.grad);
    t.ok(grad.every(Number.isFinite), `gradient of ${name}`);
  }
});

test('the total variation of one pixel and one band is 0', async (t) => {
  const one = (): NativeTensor => tensor([0.5], [1, 1, 1, 1]);
  for (const name of ['spatialTv', 'spectralTv']) {
    const found = await value('supervised', { terms: { [name]: 1 } }, { prediction: one(), truth: one() });
    t.equal(found, 0, name);
  }
});

test('usam puts the band of largest score first, ties to the lower band, NaN last', async (t) => {
  const constant = (bands: readonly number[]): NativeTensor =>
    tensor(
      bands.flatMap((v) => [v, v, v, v]),
      [1, bands.length, 2, 2],
    );
  const indices = async (x: NativeTensor, published = false): Promise<number[]> =>
    numbersOf((await native().usam(x, published ? { compat: 'published' } : {})).indices);
  // Constant bands all have score 0; the band with contrast has more.
  t.deepEqual(await indices(constant([0.2, 0.4, 0.3, 0.2])), [0, 1, 2], 'ties');
  const contrast = tensor(
    [0.5, 0.5, 0.5, 0.5, 0.37, 0, 0.37, 0, 0.5, 0.5, 0.5, 0.5, 0.1, 0.2, 0.1, 0.2],
    [1, 4, 2, 2],
  );
  t.deepEqual(await indices(contrast), [1, 3, 0], 'contrast; a value of 0 counts as 0');
  t.deepEqual((await indices(contrast, true))[0], 1, 'published: the 0 makes NaN, and NaN comes first');
  const broken = tensor(
    [Number.NaN, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3],
    [1, 4, 2, 2],
  );
  t.deepEqual(await indices(broken), [1, 2, 3], 'NaN in the data never wins');
});

test('per-sample indices are those of each sample alone', async (t) => {
  const values = unit('cube', count);
  const { indices, scores } = await native().usam(cube(), { indices: 'per-sample' });
  t.deepEqual(indices.shape, [2, 3]);
  t.deepEqual(scores.shape, [2, 31]);
  const both: number[] = [];
  for (let sample = 0; sample < 2; sample++) {
    const half = values.subarray((sample * count) / 2, ((sample + 1) * count) / 2);
    both.push(...(await numbersOf((await native().usam(tensor(half, [1, 31, 12, 10]), {})).indices)));
  }
  t.deepEqual(await numbersOf(indices), both);
  const config = { terms: { perceptual: 1 }, indices: 'per-sample' } as const;
  const loss = native().createLoss('unsupervised', config);
  const { total, indices: used } = await loss.compute({ prediction: cube(), rgb: image() }, false);
  t.deepEqual(used === null ? null : await numbersOf(used), both, 'the perceptual term takes them');
  t.ok(Number.isFinite((await numbersOf(total))[0]));
});

test('random features are He-normal, and the same for the same seed', async (t) => {
  const inputs = { prediction: cube(), rgb: image() };
  const one = await value('unsupervised', { terms: { perceptual: 1 } }, inputs);
  t.equal(await value('unsupervised', { terms: { perceptual: 1 } }, inputs), one, 'same seed');
  t.notEqual(
    await value('unsupervised', { terms: { perceptual: 1 }, featureSeed: 17 }, inputs),
    one,
    'other seed',
  );
  const features = (terms: Record<string, number>): string =>
    native().createLoss('unsupervised', { terms, response: tinyResponse() }).features;
  t.equal(features({ perceptual: 1 }), 'random');
  t.equal(features({ css: 1, perceptual: 0 }), 'none', 'a weight of 0 leaves the term out');
});

test('bfloat16 predictions are compared in float32', async (t) => {
  const wide = Float32Array.from(signed('b', count), (v) => Math.round(64 * v) / 64);
  const bits = Uint16Array.from(new Uint32Array(wide.buffer), (word) => word >>> 16);
  const narrow = native().fromTypedArray(bits, shape, 'bfloat16', 'cpu');
  const truth = cube('label');
  const inputs = (prediction: NativeTensor) => ({ prediction, truth });
  const found = await value('supervised', { terms: { l1: 1, sam: 1 } }, inputs(narrow));
  const wanted = await value(
    'supervised',
    { terms: { l1: 1, sam: 1 } },
    inputs(tensor(wide, shape, 'float32')),
  );
  t.ok(worst([found], [wanted]) < 1e-7);
});

test('inputs that cannot be compared are refused by shape', async (t) => {
  const refused = async (terms: Record<string, number>, inputs: object, code: string, text: RegExp) => {
    const paradigm =
      'css' in terms || 'perceptual' in terms || 'bandSsim' in terms ? 'unsupervised' : 'supervised';
    const found = await failure(() => value(paradigm, { terms }, { prediction: cube(), ...inputs }));
    t.equal(found.code, code);
    t.match(found.message, text);
  };
  const small = tensor(unit('s', 2 * 3 * 99), [2, 3, 11, 9]);
  await refused({ css: 1 }, { rgb: small }, 'TENSOR_SHAPE', /\[2, 31, 12, 10\].*\[2, 3, 11, 9\]/);
  await refused({ css: 1 }, {}, 'TENSOR_EXPECTED', /rgb is missing/);
  await refused({ l1: 1 }, { truth: image() }, 'TENSOR_SHAPE', /same number of bands/);
  const two = tensor(unit('t', 2 * 2 * 120), [2, 2, 12, 10]);
  await refused({ perceptual: 1 }, { rgb: two }, 'TENSOR_SHAPE', /three bands.*weight of 0/);
  await refused({ css: 1 }, { rgb: two }, 'TENSOR_SHAPE', /31 bands and rgb of 2/);
  const one = tensor(unit('o', 2 * 120), [2, 1, 12, 10]);
  await refused({ bandSsim: 1 }, { prediction: one, rgb: image() }, 'TENSOR_SHAPE', /two bands or more/);
  const features = new Map([['features.0.weight', image()]]);
  const partial = await failure(() =>
    native().createLoss('unsupervised', { terms: { perceptual: 1 }, features }),
  );
  t.equal(partial.code, 'CHECKPOINT_SHAPE');
  t.match(partial.message, /features\.0\.weight.*\[64, 3, 3, 3\]/);
});
