import { join } from 'node:path';
import test from 'tape';
import { entryValues, readSafetensors } from '../../../ts/io/index.js';
import {
  cubeSums,
  ergas,
  ergasPublished,
  errorMaps,
  meanScores,
  mrae,
  protocolNamed,
  psnr,
  psnrBand,
  rmse,
  sam,
  samBetweenBandImages,
  scoreCube,
  ssim,
} from '../../../ts/metrics/index.js';
import { type NativeTensor, native } from '../../../ts/native/index.js';
import { root } from '../shared-folder.js';

const golden = await readSafetensors(join(root, 'test', 'golden', 'metrics-unssr.safetensors'));

function tensorOf(name: string): NativeTensor {
  const entry = golden.tensors.get(name);
  if (entry === undefined) throw new Error(`no ${name} in the golden file`);
  return native().fromTypedArray(entryValues(entry), entry.shape, entry.dtype, 'cpu');
}

function goldenValue(name: string): number {
  const entry = golden.tensors.get(`output/${name}`);
  return entry === undefined ? Number.NaN : Number(entryValues(entry)[0]);
}

function cube(values: readonly number[], shape: [number, number, number]): NativeTensor {
  return native().fromTypedArray(Float64Array.from(values), shape, 'float64', 'cpu');
}

test('scores equal golden metrics-unssr in double', async (t) => {
  const [estimate, truth] = [tensorOf('input/output'), tensorOf('input/label')];
  const sums = await cubeSums(estimate, truth, { clip: true, mraeFloor: 0, ssimRanges: [1, 2] });
  const unclipped = await cubeSums(estimate, truth, { clip: false, mraeFloor: 0, ssimRanges: [] });
  const found: Record<string, number> = {
    rmse: rmse(sums),
    mrae: mrae(sums),
    psnr_cube: psnr(sums),
    psnr_valid: psnr(sums),
    psnr_band: psnrBand(sums),
    ssim: ssim(sums, 0),
    ssim_published: ssim(sums, 1),
    sam: sam(sums),
    sam_published: samBetweenBandImages(sums),
    ergas_scale1: ergas(sums),
    ergas_scale4: ergas(sums, 4),
    ergas_published_scale4: ergasPublished(sums, 4),
    ergas_published_scale32: ergasPublished(sums),
    rmse_valid: rmse(unclipped),
    mrae_valid: mrae(unclipped),
  };
  for (const [name, value] of Object.entries(found)) {
    const error = Math.abs(value - goldenValue(name)) / Math.abs(goldenValue(name));
    // The authors' scores of validation are computed in float32: noise_y of the file.
    const allowed = name.endsWith('_valid') ? 4 * Number(golden.metadata.noise_y) : 1e-9;
    t.ok(error <= allowed, `${name}: ${value}, error ${error.toExponential(1)}`);
  }
  estimate.dispose();
  truth.dispose();
});

test('a protocol scores by its own definitions', async (t) => {
  const [estimate, truth] = [tensorOf('input/output'), tensorOf('input/label')];
  const field = await scoreCube(estimate, truth, { name: 'golden' });
  const published = await scoreCube(estimate, truth, { name: 'golden', protocol: 'unssr-cave' });
  const near = (a: number, name: string): boolean => Math.abs(a / goldenValue(name) - 1) <= 1e-9;
  t.equal(field.name, 'golden', 'carries the scene');
  t.ok(near(field.sam, 'sam'), 'field: SAM per pixel');
  t.ok(near(field.ssim, 'ssim'), 'field: SSIM with range 1');
  t.ok(near(field.ergas, 'ergas_scale1'), 'field: ERGAS with scale 1');
  t.ok(near(published.sam, 'sam_published'), 'unssr-cave: SAM between band images');
  t.ok(near(published.ssim, 'ssim_published'), 'unssr-cave: SSIM with range 2');
  t.ok(near(published.ergas, 'ergas_published_scale32'), 'unssr-cave: ERGAS as published');
  t.ok(near(published.mrae, 'mrae'), 'unssr-cave: MRAE without a floor');
  estimate.dispose();
  truth.dispose();
});

test('a cube scored against itself is perfect', async (t) => {
  const values = Array.from({ length: 2 * 8 * 8 }, (_, index) => 0.1 + (index % 13) / 20);
  const same = cube(values, [2, 8, 8]);
  const scores = await scoreCube(same, same);
  t.equal(scores.psnr, Infinity, 'PSNR is infinite');
  t.equal(scores.psnrBand, Infinity, 'and so is that of the bands');
  t.equal(JSON.parse(JSON.stringify(scores)).psnr, null, 'and null in JSON');
  for (const name of ['rmse', 'mrae', 'sam', 'ergas'] as const) t.equal(scores[name], 0, `${name} is 0`);
  t.ok(Math.abs(scores.ssim - 1) < 1e-12, 'SSIM is 1');
  same.dispose();
});

const options = { clip: true, mraeFloor: 1e-3, ssimRanges: [1] };

test('formulas on a cube small enough to work out by hand', async (t) => {
  // Two pixels of two bands: spectra (0.5, 0) and (0.5, 0.5) against (0.5, 0.5) and (0, 0.5).
  const estimate = cube([0.5, 0.5, 0, 0.5], [2, 1, 2]);
  const truth = cube([0.5, 0, 0.5, 0.5], [2, 1, 2]);
  const sums = await cubeSums(estimate, truth, options);
  t.ok(Math.abs(rmse(sums) - Math.sqrt(0.5 / 4)) < 1e-12, 'RMSE');
  t.ok(Math.abs(sam(sums) - 45) < 1e-9, 'both angles are 45 degrees');
  t.ok(
    Math.abs(mrae(sums) - (0 + 0.5 / 1e-3 + 1 + 0) / 4) < 1e-9,
    'MRAE divides the dark value by the floor',
  );
  t.equal(sums.floored[0], 1, 'and counts it');
  t.ok(Number.isNaN(ssim(sums)), 'SSIM has no window in so small an image');
  estimate.dispose();
  truth.dispose();
});

test('a dark pixel has no angle and a dark cube no SAM', async (t) => {
  const dark = cube([0, 0.5, 0, 0.5], [2, 1, 2]);
  const light = cube([0.3, 0.5, 0.3, 0.5], [2, 1, 2]);
  const nothing = cube([0, 0, 0, 0], [2, 1, 2]);
  t.equal(sam(await cubeSums(dark, light, options)), 0, 'the other pixel decides');
  t.ok(Number.isNaN(sam(await cubeSums(nothing, light, options))), 'none is left');
  t.equal(ergas(await cubeSums(light, nothing, options)), Infinity, 'ERGAS of a dark truth is infinite');
  for (const tensor of [dark, light, nothing]) tensor.dispose();
});

test('a value that is not finite is refused with its scene and place', async (t) => {
  const good = cube([0, 0, 0, 0, 0, 0, 0, 0], [2, 2, 2]);
  const bad = cube([0, 0, 0, 0, 0, 0, Number.NaN, 0], [2, 2, 2]);
  try {
    await scoreCube(bad, good, { name: 'balloons' });
    t.fail('it must not pass');
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    t.equal(code, 'DATA_NOT_FINITE');
    t.ok(message.includes('balloons') && message.includes('reconstruction'), message);
    t.ok(message.includes('band 1, row 1, column 0'), 'names the place');
  }
  good.dispose();
  bad.dispose();
});

test('cubes of different sizes are refused by name', async (t) => {
  const [a, b] = [cube([0, 0, 0, 0], [1, 2, 2]), cube([0, 0], [1, 1, 2])];
  try {
    await scoreCube(a, b, { name: 'clay' });
    t.fail('it must not pass');
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    t.equal(code, 'DATA_SIZE_MISMATCH');
    t.ok(message.includes('clay') && message.includes('1 x 2 x 2'), message);
  }
  a.dispose();
  b.dispose();
});

test('an error map holds the root mean square over the bands', async (t) => {
  const a = cube([0.5, 0.2, 0.1, 0.2], [2, 1, 2]);
  const b = cube([0.2, 0.2, 0.5, 0.2], [2, 1, 2]);
  const maps = await errorMaps(a, b);
  const values = await native().toTypedArray(maps.rmse);
  t.ok(Math.abs(Number(values[0]) - Math.sqrt((0.09 + 0.16) / 2)) < 1e-6, 'the first pixel');
  t.equal(Number(values[1]), 0, 'the second');
  for (const tensor of [a, b, maps.rmse, maps.angle]) tensor.dispose();
});

test('means are plain, and an unknown protocol is refused', (t) => {
  const scores = { psnr: 1, psnrBand: 2, rmse: 3, mrae: 4, ssim: 5, sam: 6, ergas: 7 };
  t.deepEqual(meanScores([scores, { ...scores, psnr: 3 }]), { ...scores, psnr: 2 });
  t.throws(() => protocolNamed('cave'), /expected field or unssr-cave/);
  t.end();
});
