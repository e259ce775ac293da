import { join } from 'node:path';
import test from 'tape';
import { unit } from '../../../ts/golden/rule.js';
import { entryValues, readSafetensors } from '../../../ts/io/index.js';
import {
  angleRules,
  appsa,
  crossCorrelation,
  cubeSums,
  gaussianSsim,
  globalSsim,
  mare,
  protocolNamed,
  protocolNames,
  protocols,
  psnrAtMost100,
  psnrOfBandPeaks,
  qave,
  samByRule,
  scoreCube,
  sid,
  superResolutionProtocols,
} from '../../../ts/metrics/index.js';
import { type NativeTensor, native } from '../../../ts/native/index.js';
import { failsWith } from '../failure.js';
import { root } from '../shared-folder.js';

type Shape = readonly [bands: number, height: number, width: number];

function cube(values: ArrayLike<number>, shape: Shape): NativeTensor {
  return native().fromTypedArray(Float64Array.from(values), shape, 'float64', 'cpu');
}

function noise([bands, height, width]: Shape, name: string): NativeTensor {
  return cube(unit(name, bands * height * width), [bands, height, width]);
}

const names = Object.keys(superResolutionProtocols) as (keyof typeof superResolutionProtocols)[];
const plain = { clip: false, mraeFloor: 0, ssimRanges: [] };

test('a cube scored against itself is perfect under every protocol of super-resolution', async (t) => {
  const truth = noise([12, 24, 26], 'truth');
  for (const name of names) {
    const { psnrBand, ssim, sam, ergas } = await scoreCube(truth, truth, { protocol: name });
    t.equal(psnrBand, Infinity, `${name}: PSNR`);
    t.ok(Math.abs(ssim - 1) < 1e-6, `${name}: SSIM ${ssim}`);
    t.ok(sam < 0.05, `${name}: SAM ${sam}`);
    t.equal(ergas, 0, `${name}: ERGAS`);
  }
  const sums = await cubeSums(truth, truth, { ...plain, quality: true, divergence: true });
  t.equal(psnrAtMost100(sums), 100, 'the capped PSNR is 100');
  t.ok(Math.abs(qave(sums) - 1) < 1e-12 && Math.abs(crossCorrelation(sums) - 1) < 1e-12, 'QAVE and CC are 1');
  t.ok(sid(sums) === 0 && mare(sums) === 0, 'SID and MARE are 0');
  truth.dispose();
});

test('a protocol without a margin gives the numbers of its scripts', async (t) => {
  const golden = await readSafetensors(join(root, 'test', 'golden', 'metrics-dualsr.safetensors'));
  const entry = (path: string) => {
    const found = golden.tensors.get(path);
    if (found === undefined) throw new Error(`no ${path} in the golden file`);
    return found;
  };
  const read = (part: string) => {
    const { shape } = entry(`input/noise/${part}`);
    return cube(entryValues(entry(`input/noise/${part}`)) as Float32Array, shape as unknown as Shape);
  };
  const [estimate, truth] = [read('sr'), read('hr')];
  for (const name of names.filter((key) => protocols[key].margin === undefined)) {
    const found: Readonly<Record<string, unknown>> = {
      ...(await scoreCube(estimate, truth, { protocol: name })),
    };
    const scores = {
      psnr: 'psnr',
      ssim: 'ssim',
      sam: 'sam',
      mpsnr: 'psnrBand',
      mssim: 'ssim',
      ergas4: 'ergas',
    };
    for (const [published, own] of Object.entries(scores)) {
      const path = `output/noise/${name}/${published}/f64`;
      if (!golden.tensors.has(path)) continue;
      const expected = Number(entryValues(entry(path))[0]);
      // SSPSR's scripts compute these two in float32.
      const allowed =
        published === 'ergas4' || (own === 'sam' && golden.tensors.has(path.replace('sam', 'mpsnr')))
          ? 1e-5
          : 1e-9;
      t.ok(Math.abs(Number(found[own]) / expected - 1) <= allowed, `${name}: ${published}`);
    }
  }
  for (const tensor of [estimate, truth]) tensor.dispose();
});

test('the angles part at black pixels', async (t) => {
  // Spectra (0, 0) and (1, 0) against (0, 0) and (1, 1); then one black against (0.5, 0).
  const estimate = cube([0, 1, 0, 0, 0, 0], [2, 1, 3]);
  const truth = cube([0, 1, 0.5, 0, 1, 0], [2, 1, 3]);
  const rules = Object.values(angleRules);
  const sums = await cubeSums(estimate, truth, { ...plain, angles: rules });
  const angles = rules.map((_, i) => samByRule(sums, i));
  // With the least number beside the denominator, 0.5 e / (0.5 sqrt(2) e + e) is left of the third cosine.
  const third = (180 / Math.PI) * Math.acos(0.5 / (Math.SQRT2 / 2 + 1));
  const expected = [(45 + 45) / 3, (90 + 45 + third) / 3, 45 / 3, 45, Number.NaN];
  expected.forEach((value, i) => {
    const found = angles[i] ?? 0;
    t.ok(
      Number.isNaN(value) ? Number.isNaN(found) : Math.abs(found - value) < 0.05,
      `${Object.keys(angleRules)[i]}: ${found}`,
    );
  });
  const dark = Math.acos(1 / (Math.SQRT2 + 1e-3));
  t.ok(Math.abs(appsa(sums, 5) - (Math.PI / 2 + dark + Math.PI / 2) / 3) < 1e-12, 'APPSA in radians');
  for (const tensor of [estimate, truth]) tensor.dispose();
});

test('formulas on cubes small enough to work out by hand', async (t) => {
  const estimate = cube([0.25, 0.5, 0, 0], [2, 1, 2]);
  const truth = cube([0, 0.5, 0, 0], [2, 1, 2]);
  const sums = await cubeSums(estimate, truth, { ...plain, divergence: true, windows: ['double'] });
  const mse = 0.25 ** 2 / 2;
  t.ok(Math.abs(psnrOfBandPeaks(sums) - 10 * Math.log10(0.25 / mse)) < 1e-12, 'the dark band has no PSNR');
  t.ok(Math.abs(mare(sums) - 0.25 / 4) < 1e-15, 'MARE');
  t.ok(Math.abs(sid(sums) - (0.25 * Math.log10(0.251 / 0.001)) / 4) < 1e-12, 'SID');
  t.ok(Number.isNaN(crossCorrelation(sums)), 'CC of a dark band is not a number');
  // Sample variances 1/32 and 1/8, covariance 1/16, means 3/8 and 1/4; the dark band is alike.
  const band = ((2 * (3 / 32) + 1e-4) * (2 / 16 + 9e-4)) / ((9 / 64 + 1 / 16 + 1e-4) * (5 / 32 + 9e-4));
  t.ok(Math.abs(globalSsim(sums) - (band + 1) / 2) < 1e-12, 'SSIM without windows');
  t.ok(Number.isNaN(gaussianSsim(sums)), 'a small image has no Gaussian window');
  for (const tensor of [estimate, truth]) tensor.dispose();
});

test('a margin is left out before the scores, and may not eat the cube', async (t) => {
  const [truth, estimate] = [noise([12, 24, 26], 'truth'), noise([12, 24, 26], 'estimate')];
  const values = Float64Array.from((await native().toTypedArray(estimate)) as Float64Array);
  values[0] = 1000;
  const spoilt = cube(values, [12, 24, 26]);
  const { fcnn3d } = superResolutionProtocols;
  const name = names.find((key) => superResolutionProtocols[key] === fcnn3d);
  if (name === undefined) return t.fail('there is a protocol with a margin');
  const scores = await scoreCube(estimate, truth, { protocol: name });
  t.deepEqual(await scoreCube(spoilt, truth, { protocol: name }), scores, 'a corner does not count');
  const small = noise([12, 12, 26], 'small');
  await failsWith(t, scoreCube(small, small, { protocol: name }), 'DATA_SIZE_MISMATCH', /12 x 12 x 26/);
  for (const tensor of [truth, estimate, spoilt, small]) tensor.dispose();
});

test('each task has its protocols', (t) => {
  t.deepEqual(protocolNames('spectral'), ['field', 'unssr-cave', 'ntire2020', 'ntire2022']);
  t.deepEqual(protocolNames('spatial'), ['field', ...names]);
  t.throws(() => protocolNamed('unssr-cave', 'spatial'), /super-resolution: expected field or/);
  t.ok(
    Object.values(protocols).every(({ about }) => about.length > 20),
    'every one says what it is',
  );
  t.end();
});
