import test from 'tape';
import { cropToMultiple, degrade } from '../../../ts/degrade/index.js';
import { signed } from '../../../ts/golden/rule.js';
import { fromTypedArray, ones, type Tensor } from '../../../ts/tensor/index.js';
import { near, rejects } from '../tensor/rejects.js';

function cube(shape: readonly [number, number, number]): Tensor<'float64'> {
  const count = shape[0] * shape[1] * shape[2];
  return fromTypedArray(Float64Array.from(signed('cube', count)), shape, 'float64');
}

test('degrade is bicubic resampling, computed in double for float32 as well', async (t) => {
  using x = cube([3, 12, 16]);
  using expected = await x.imresize({ scale: 1 / 4 });
  using low = await degrade(x, { scale: 4 });
  t.deepEqual(low.shape, [3, 3, 4]);
  near(t, await low.toTypedArray(), [...(await expected.toTypedArray())], 'in double', 0);
  using narrow = await x.to('float32');
  using lowNarrow = await degrade(narrow, { scale: 4 });
  t.equal(lowNarrow.dtype, 'float32', 'the dtype stays');
  near(t, await lowNarrow.toTypedArray(), [...(await expected.toTypedArray())], 'in float32', 2e-7);
});

test('noise of degrade has the deviation asked for, and repeats with its seed', async (t) => {
  using x = ones([2, 128, 128], { dtype: 'float64' });
  const noisy = async (seed?: number) => {
    using low = await degrade(x, { scale: 2, noise: 0.1, ...(seed === undefined ? {} : { seed }) });
    return low.toTypedArray();
  };
  const values = await noisy();
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - 1) ** 2, 0) / values.length);
  t.ok(Math.abs(spread - 0.1) < 0.005, `deviation ${spread}`);
  t.deepEqual(await noisy(0), values, 'the default seed is 0');
  t.notDeepEqual(await noisy(1), values, 'another seed, another noise');
});

test('cropToMultiple takes the top left', async (t) => {
  using x = cube([2, 11, 14]);
  using cut = cropToMultiple(x, 3);
  t.deepEqual(cut.shape, [2, 9, 12]);
  using low = await degrade(cut, { scale: 3 });
  t.deepEqual(low.shape, [2, 3, 4]);
});

test('degrade refuses what it cannot do, by name', async (t) => {
  using x = cube([2, 10, 12]);
  await rejects(t, () => degrade(x, { scale: 4 }), 'DATA_SIZE_MISMATCH', ['10 x 12', 'cropTo'], 'a size');
  await rejects(t, () => degrade(x, { scale: 1.5 }), 'CONFIG_VALUE', ['scale', '1.5'], 'a scale');
  await rejects(t, () => degrade(x, { scale: 2, noise: -1 }), 'CONFIG_VALUE', ['noise', '-1'], 'a noise');
  await rejects(t, () => degrade(x.select(0, 0), { scale: 2 }), 'DATA_RANK', ['10, 12'], 'an image');
  await rejects(t, () => cropToMultiple(x, 11), 'DATA_SIZE_MISMATCH', ['10 x 12', '11'], 'a large scale');
});
