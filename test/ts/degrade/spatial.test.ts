import test from 'tape';
import { type BlurKernel, cropToMultiple, degrade, gaussianKernel } from '../../../ts/degrade/index.js';
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

/** A blurred pixel by its definition, edges mirrored. */
function blurredAt(
  values: ArrayLike<number>,
  [height, width]: [number, number],
  kernel: BlurKernel,
  [row, column]: [number, number],
): number {
  const place = (at: number, size: number) => (at < 0 ? -1 - at : at < size ? at : 2 * size - 1 - at);
  return kernel.values.reduce((sum, weight, i) => {
    const y = place(row + Math.floor(i / kernel.width) - (kernel.height - 1) / 2, height);
    const x = place(column + (i % kernel.width) - (kernel.width - 1) / 2, width);
    return sum + weight * (values[y * width + x] ?? 0);
  }, 0);
}

test('blur comes before downsampling, with mirrored edges', async (t) => {
  using x = cube([1, 9, 12]);
  const values = await x.toTypedArray();
  const kernel = gaussianKernel({ deviation: [1.5, 0.7], angle: 20, size: 7 });
  const blurred = (at: [number, number]) => blurredAt(values, [9, 12], kernel, at);
  const all = Float64Array.from({ length: 108 }, (_, i) => blurred([Math.floor(i / 12), i % 12]));
  using whole = fromTypedArray(all, [1, 9, 12], 'float64');
  using expected = await whole.imresize({ scale: 1 / 3 });
  using low = await degrade(x, { scale: 3, kernel });
  near(t, await low.toTypedArray(), [...(await expected.toTypedArray())], 'bicubic', 1e-14);
  using picked = await degrade(x, { scale: 3, kernel, downsampling: 'decimate' });
  const middles = [1, 4, 7].flatMap((row) => [1, 4, 7, 10].map((column) => blurred([row, column])));
  near(t, await picked.toTypedArray(), middles, 'the middles of the blocks', 1e-14);
  using same = await degrade(x, { scale: 1, downsampling: 'decimate' });
  near(t, await same.toTypedArray(), [...values], 'no kernel and scale 1', 0);
});

test('the point-spread function keeps constants, also where there is only a ring', async (t) => {
  for (const size of [4, 8, 20]) {
    using x = ones([2, size, 20]);
    using low = await degrade(x, { scale: 4, kernel: 'point-spread' });
    near(t, await low.toTypedArray(), new Array((2 * 5 * size) / 4).fill(1), `${size} x 20`, 1e-7);
  }
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
  const kernel = { height: 2, width: 1, values: Float64Array.of(0.5, 0.5) };
  await rejects(
    t,
    () => degrade(x, { scale: 2, kernel }),
    'CONFIG_VALUE',
    ['kernel', '2 x 1'],
    'an even kernel',
  );
  const downsampling = 'nearest' as 'bicubic';
  await rejects(t, () => degrade(x, { scale: 2, downsampling }), 'CONFIG_VALUE', ['nearest'], 'downsampling');
  await rejects(t, () => cropToMultiple(x, 11), 'DATA_SIZE_MISMATCH', ['10 x 12', '11'], 'a large scale');
});
