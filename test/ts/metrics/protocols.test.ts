import { join } from 'node:path';
import test from 'tape';
import { evaluateTable } from '../../../ts/config/index.js';
import { unit } from '../../../ts/golden/rule.js';
import { entryValues, readSafetensors } from '../../../ts/io/index.js';
import {
  cubeSums,
  explainProtocol,
  explanationOf,
  haloOf,
  mergedSums,
  type ProtocolName,
  protocols,
  psnrOfBothClipped,
  scoreCube,
  scoreNames,
  type SumOptions,
  sumOptionsOf,
} from '../../../ts/metrics/index.js';
import { type NativeTensor, native } from '../../../ts/native/index.js';
import { failsWith } from '../failure.js';
import { root } from '../shared-folder.js';

type Shape = readonly [bands: number, height: number, width: number];
const names = Object.keys(protocols) as ProtocolName[];

function cube(values: ArrayLike<number>, shape: Shape): NativeTensor {
  return native().fromTypedArray(Float64Array.from(values), shape, 'float64', 'cpu');
}

/** Values of a cube, some of them below 0 and above 1 where `spread` is above 1. */
function noise([bands, height, width]: Shape, name: string, spread = 1): Float64Array {
  const values = unit(name, bands * height * width);
  return Float64Array.from(values, (value) => 0.5 + spread * (value - 0.5));
}

test('the protocols of the options are those that there are, each with a version and a source', (t) => {
  t.deepEqual([...(evaluateTable.options.protocol.choices ?? [])].sort(), [...names].sort());
  for (const { version, source, defines } of Object.values(protocols)) {
    t.ok(Number.isInteger(version) && version >= 1 && source.length > 10 && defines.length > 1);
  }
  t.end();
});

test('an explanation states a formula a score, from the definitions themselves', (t) => {
  for (const name of names) {
    const text = explainProtocol(name);
    t.ok(text.startsWith(`protocol ${name}, version ${protocols[name].version}: `), name);
    t.ok(
      scoreNames.every((score) => text.includes(`\n${score} `)),
      'every score has a line',
    );
  }
  t.ok(explainProtocol('ntire2022').includes('128 pixels at each border'), 'the margin is told');
  t.ok(explainProtocol('field').includes('max(t, 0.001)'), 'and the floor');
  const { scores } = explanationOf('ntire2020');
  t.deepEqual(
    scores.filter(({ defined }) => defined).map(({ name }) => name),
    ['rmse', 'mrae'],
    'what the source does not define is marked',
  );
  t.end();
});

test('the protocols of the challenges give the figures of the validation scripts', async (t) => {
  const golden = await readSafetensors(join(root, 'test', 'golden', 'metrics-unssr.safetensors'));
  const values = (name: string): ArrayLike<number> => {
    const entry = golden.tensors.get(name);
    if (entry === undefined) throw new Error(`no ${name} in the golden file`);
    return entryValues(entry) as Float32Array;
  };
  const shape = [31, 48, 40] as const;
  const [small, smallTruth] = [values('input/output'), values('input/label')];
  // A margin of 128 pixels around, of values that would spoil every score.
  const [height, width] = [48 + 256, 40 + 256];
  const framed = (inner: ArrayLike<number>, outside: number): Float64Array => {
    const all = new Float64Array(31 * height * width).fill(outside);
    for (let i = 0; i < inner.length; i++) {
      const [band, row, column] = [Math.floor(i / 1920), Math.floor(i / 40) % 48, i % 40];
      all[(band * height + row + 128) * width + column + 128] = inner[i] ?? 0;
    }
    return all;
  };
  const pairs = {
    ntire2020: [cube(small, shape), cube(smallTruth, shape)],
    ntire2022: [
      cube(framed(small, 7), [31, height, width]),
      cube(framed(smallTruth, 0), [31, height, width]),
    ],
  } as const;
  for (const protocol of ['ntire2020', 'ntire2022'] as const) {
    const [estimate, truth] = pairs[protocol];
    const scores = await scoreCube(estimate, truth, { protocol });
    const published =
      protocol === 'ntire2022' ? (['mrae', 'rmse', 'psnr'] as const) : (['mrae', 'rmse'] as const);
    for (const score of published) {
      const expected = values(`output/${score}_valid`)[0] ?? 0;
      const error = Math.abs(scores[score] / expected - 1);
      t.ok(error <= 4 * Number(golden.metadata.noise_y), `${protocol} ${score}: ${scores[score]}, ${error}`);
    }
    estimate.dispose();
    truth.dispose();
  }
});

test('the challenges guard no division, and cut both cubes for the PSNR', async (t) => {
  const [estimate, truth] = [cube([0.5, 1.5], [1, 1, 2]), cube([-0.25, 2], [1, 1, 2])];
  const { mrae } = await scoreCube(estimate, truth, { protocol: 'ntire2020' });
  t.equal(mrae, (0.75 / -0.25 + 0.25) / 2, 'a negative true value divides as it is');
  const sums = await cubeSums(estimate, truth, sumOptionsOf(protocols.ntire2022));
  t.ok(
    Math.abs(psnrOfBothClipped(sums) - 10 * Math.log10(2 / 0.25)) < 1e-12,
    'only 0.5 is left of the error',
  );
  const dark = cube([0, 0.5], [1, 1, 2]);
  t.equal((await scoreCube(estimate, dark, { protocol: 'ntire2020' })).mrae, Infinity, 'a true zero');
  for (const tensor of [estimate, truth, dark]) tensor.dispose();
});

test('scores of a band have the scores of the cube as their means', async (t) => {
  const shape = [12, 30, 28] as const;
  const [estimate, truth] = [cube(noise(shape, 'e'), shape), cube(noise(shape, 't'), shape)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const protocol of names.filter((name) => (protocols[name].margin?.pixels ?? 0) < 10)) {
    const { bands, psnrBand, mrae, ssim, rmse } = await scoreCube(estimate, truth, { protocol });
    t.equal(bands.band[0], protocols[protocol].margin?.bands ?? 0, `${protocol}: the first band`);
    const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-12;
    t.ok(near(mean(bands.psnr), psnrBand) && near(mean(bands.mrae), mrae) && near(mean(bands.ssim), ssim));
    t.ok(near(Math.sqrt(mean(bands.rmse.map((value) => value ** 2))), rmse), 'RMSE, by its squares');
  }
  for (const tensor of [estimate, truth]) tensor.dispose();
});

const everything: SumOptions = {
  ...sumOptionsOf(protocols.coarsr),
  ssimRanges: [1, 2],
  windows: ['double', 'single'],
  quality: true,
  divergence: true,
};

/** Every number of some sums, by its path. */
function numbersOf(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null || path === '.notFinite') return [];
  return Object.entries(value).flatMap(([key, part]) => numbersOf(part, `${path}.${key}`));
}

function rowsOf(values: Float64Array, shape: Shape, from: number, count: number): NativeTensor {
  const [bands, height, width] = shape;
  const part = Array.from({ length: bands }, (_, band) => [
    ...values.subarray((band * height + from) * width, (band * height + from + count) * width),
  ]);
  return cube(part.flat(), [bands, count, width]);
}

test('sums of strips are the sums of the whole', async (t) => {
  const shape = [4, 37, 23] as const;
  const [e, truth] = [noise(shape, 'e', 1.4), noise(shape, 't')];
  truth[5 * 23 + 3] = Number.NaN;
  e[(37 * 2 + 20) * 23] = Number.POSITIVE_INFINITY;
  const options = { ...everything, skip: true };
  const whole = await cubeSums(cube(e, shape), cube(truth, shape), options);
  for (const rows of [1, 5, 12, 36]) {
    let merged: typeof whole | undefined;
    for (let row = 0; row < 37; row += rows) {
      const count = Math.min(rows + haloOf(options), 37 - row);
      const [a, b] = [rowsOf(e, shape, row, count), rowsOf(truth, shape, row, count)];
      const part = await cubeSums(a, b, { ...options, rows: Math.min(rows, count) });
      merged = merged === undefined ? part : mergedSums(merged, part);
      for (const tensor of [a, b]) tensor.dispose();
    }
    const found = new Map(numbersOf(merged));
    const worst = Math.max(
      ...numbersOf(whole).map(
        ([path, value]) => Math.abs((found.get(path) ?? NaN) - value) / (Math.abs(value) || 1),
      ),
    );
    t.ok(worst < 1e-12, `strips of ${rows} rows: ${worst}`);
    t.deepEqual(
      [merged?.notFinite.truth, merged?.notFinite.result, merged?.pixels],
      [1, 1, 37 * 23 - 2],
      'each value that is not finite is counted once',
    );
  }
});

test('pixels that are not finite are refused with their counts, or left out of every score', async (t) => {
  const shape = [2, 12, 14] as const;
  const [e, good] = [noise(shape, 'e'), noise(shape, 't')];
  const bad = Float64Array.from(good);
  bad[3 * 14 + 4] = Number.NaN;
  bad[12 * 14 + 3 * 14 + 4] = Number.NEGATIVE_INFINITY;
  const [estimate, truth, whole] = [cube(e, shape), cube(bad, shape), cube(good, shape)];
  const refused = scoreCube(estimate, truth, { name: 'clay' });
  await failsWith(t, refused, 'DATA_NOT_FINITE', /clay: the true cube holds NaN at band 0, row 3, column 4/);
  await failsWith(
    t,
    scoreCube(estimate, truth),
    'DATA_NOT_FINITE',
    /2 such values in the true cube and 0 in/,
  );
  const scores = await scoreCube(estimate, truth, { notFinite: 'skip' });
  t.deepEqual(
    [scores.notFinite, scores.leftOut],
    [{ truth: 2, result: 0 }, 1],
    'both are counted, one pixel',
  );
  const unequal = await scoreCube(estimate, whole);
  t.ok(
    Number.isFinite(scores.ssim) && scores.ssim !== unequal.ssim,
    'SSIM without the windows of that pixel',
  );
  const error = Array.from(e, (value, i) => (i % 168 === 46 ? 0 : (value - (good[i] ?? 0)) ** 2));
  const mse = error.reduce((sum, value) => sum + value, 0) / (2 * 167);
  t.ok(Math.abs(scores.rmse - Math.sqrt(mse)) < 1e-12, 'RMSE over the others');
  const marked = Float64Array.from(good, (value, i) => (i === 46 ? -9 : value));
  const hollow = cube(marked, shape);
  const ignoring = await scoreCube(estimate, hollow, { ignored: -9 });
  t.equal(ignoring.rmse, scores.rmse, 'a pixel whose true value says that there is none is left out alike');
  t.deepEqual([ignoring.notFinite, ignoring.leftOut], [{ truth: 0, result: 0 }, 1]);
  const none = cube(new Float64Array(2 * 12 * 14).fill(Number.NaN), shape);
  const nothing = scoreCube(none, truth, { notFinite: 'skip' });
  await failsWith(t, nothing, 'DATA_NOT_FINITE', /none of its 168 pixels/);
  for (const tensor of [estimate, truth, whole, hollow, none]) tensor.dispose();
});
