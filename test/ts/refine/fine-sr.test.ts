import test from 'tape';
import { signed } from '../../../ts/golden/rule.js';
import { fineSr } from '../../../ts/refine/index.js';
import { fromTypedArray, type Tensor } from '../../../ts/tensor/index.js';
import { near, rejects } from '../tensor/rejects.js';

type Shape = readonly [bands: number, height: number, width: number];

function cube([bands, height, width]: Shape, name: string): Tensor<'float64'> {
  const values = signed(name, bands * height * width).map((value) => 0.5 + 0.4 * value);
  return fromTypedArray(values as Float64Array<ArrayBuffer>, [bands, height, width], 'float64');
}

async function refinedBy(rows: number, iterations: number): Promise<number[]> {
  using upscaled = cube([3, 44, 18], 'upscaled');
  using half = cube([3, 22, 9], 'half');
  using refined = (await fineSr(upscaled, half, { rows, iterations })).refined;
  return [...(await refined.toTypedArray())];
}

test('fineSr in strips is fineSr at once, to the bit', async (t) => {
  for (const iterations of [1, 2]) {
    const whole = await refinedBy(44, iterations);
    for (const rows of [2, 5, 8, 16, 1000]) {
      const same = (await refinedBy(rows, iterations)).every((value, i) => value === whole[i]);
      t.ok(same, `${rows} rows at a time, ${iterations} iterations`);
    }
  }
});

test('a cube whose half is the half one stays', async (t) => {
  using upscaled = cube([4, 12, 10], 'upscaled');
  using half = await upscaled.imresize({ scale: 0.5 });
  const { refined, constraint, angle } = await fineSr(upscaled, half);
  t.ok(angle < 1e-5 && constraint === angle, `angle ${angle}`);
  near(t, await refined.toTypedArray(), [...(await upscaled.toTypedArray())], 'within rounding', 1e-15);
  refined.dispose();
});

test('the correction is applied in full from one degree on, and every iteration says its own', async (t) => {
  using upscaled = cube([4, 12, 10], 'upscaled');
  using half = cube([4, 6, 5], 'half');
  const { refined, constraint, angle, history } = await fineSr(upscaled, half, { iterations: 3 });
  t.equal(history.length, 3);
  t.ok(angle > 1 && constraint === 1, `angle ${angle}`);
  t.ok((history[0]?.angle ?? 0) > angle, 'the angle falls');
  refined.dispose();
});

test('fineSr takes float32, one pixel and two dtypes', async (t) => {
  using upscaled = cube([3, 2, 2], 'upscaled');
  using half = cube([3, 1, 1], 'half');
  using narrow = await upscaled.to('float32');
  using wide = (await fineSr(upscaled, half)).refined;
  using found = (await fineSr(narrow, half)).refined;
  t.equal(found.dtype, 'float32', "the upscaled cube's dtype");
  near(t, await found.toTypedArray(), [...(await wide.toTypedArray())], 'float32', 2e-7);
});

test('fineSr refuses what it cannot do, by name', async (t) => {
  using upscaled = cube([3, 8, 6], 'upscaled');
  using half = cube([3, 4, 3], 'half');
  using other = cube([3, 4, 4], 'half');
  using bands = cube([2, 4, 3], 'half');
  await rejects(t, () => fineSr(upscaled, other), 'DATA_SIZE_MISMATCH', ['8 x 6', '4 x 4'], 'sizes');
  await rejects(t, () => fineSr(upscaled, bands), 'DATA_BANDS', ['3 bands', '2'], 'bands');
  await rejects(t, () => fineSr(upscaled.select(0, 0), half), 'DATA_RANK', ['[8, 6]'], 'an image');
  await rejects(t, () => fineSr(upscaled, half, { rows: 1 }), 'CONFIG_VALUE', ["'rows'", '1'], 'rows');
  await rejects(t, () => fineSr(upscaled, half, { iterations: 0 }), 'CONFIG_VALUE', ["'iterations'"], 'none');
  const values = Float64Array.from(await half.toTypedArray());
  values[16] = Number.NaN;
  using broken = fromTypedArray(values, [3, 4, 3], 'float64');
  await rejects(
    t,
    () => fineSr(upscaled, broken),
    'DATA_NOT_FINITE',
    ['half', 'band 1, row 1, column 1'],
    'NaN',
  );
});
