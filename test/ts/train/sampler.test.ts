import test from 'tape';
import { type BlurKernel, degrade, gaussianKernel, samplerBlur } from '../../../ts/degrade/index.js';
import { type NativeCamera, type NativeSampling, native } from '../../../ts/native/index.js';
import { fromTypedArray } from '../../../ts/tensor/index.js';
import { failure, numbersOf, size, tinyCube, tinyResponse, tinyStore, worst } from './tiny.js';

const { bands, height, width } = size;
const patch = 6;
const camera: NativeCamera = { response: tinyResponse(), rgbBands: 3 };

type Image = number[][];

/** A square patch of one band of scene 0, as numbers in [0, 1]. */
function patchOf(band: number, row: number, column: number): Image {
  const values = tinyCube('scene 0');
  return Array.from({ length: patch }, (_, i) =>
    Array.from(
      { length: patch },
      (_, j) => (values[(band * height + row + i) * width + column + j] ?? Number.NaN) / 65535,
    ),
  );
}

/** A quarter turn counter-clockwise, as numpy's rot90. */
const turned = (image: Image): Image =>
  image.map((row, i) => row.map((_, j) => image[j]?.[patch - 1 - i] ?? Number.NaN));
const flippedAcross = (image: Image): Image => image.map((row) => row.toReversed());
const flippedDown = (image: Image): Image => image.toReversed();

/** Rotate, then flip across, then flip down: the order of the batch plan. */
function augmented(image: Image, augmentation: number): Image {
  let result = image;
  for (let turn = 0; turn < (augmentation & 3); turn++) result = turned(result);
  if ((augmentation & 4) !== 0) result = flippedAcross(result);
  if ((augmentation & 8) !== 0) result = flippedDown(result);
  return result;
}

async function sample(plan: number[], options: Partial<NativeSampling> = {}) {
  const store = tinyStore(2);
  const batch = await store.sample(Int32Array.from(plan), { patch, camera, cubes: true, ...options });
  store.dispose();
  return {
    rgb: await numbersOf(batch.rgb),
    cube: batch.cube === null ? [] : await numbersOf(batch.cube),
    shape: batch.rgb.shape,
  };
}

test('a batch holds the patches of its plan, turned and flipped in order', async (t) => {
  for (let augmentation = 0; augmentation < 16; augmentation++) {
    const { cube } = await sample([0, 5, 3, augmentation]);
    const wanted = augmented(patchOf(7, 5, 3), augmentation).flat();
    const found = cube.slice(7 * patch * patch, 8 * patch * patch);
    t.ok(worst(found, wanted) < 1e-7, `augmentation ${augmentation}`);
  }
});

test('rgb is the response applied to the cube, exposed and rounded', async (t) => {
  const { rgb, cube } = await sample([0, 0, 0, 0, 1, 18, 14, 5]);
  const response = tinyResponse();
  const project = (pixel: number, k: number, at: number): number => {
    let sum = 0;
    for (let band = 0; band < bands; band++) {
      sum += ((response[band * 3 + k] ?? 0) * (cube[(at * bands + band) * patch * patch + pixel] ?? 0)) / 255;
    }
    return sum;
  };
  const wanted = [0, 1].flatMap((at) =>
    [0, 1, 2].flatMap((k) => Array.from({ length: patch * patch }, (_, pixel) => project(pixel, k, at))),
  );
  t.ok(worst(rgb, wanted) < 1e-6, 'linear');
  const brighter = await sample([0, 0, 0, 0, 1, 18, 14, 5], { camera: { ...camera, exposure: 1.5 } });
  t.ok(
    worst(
      brighter.rgb,
      wanted.map((v) => 1.5 * v),
    ) < 1e-6,
    'exposure',
  );
  const rounded = await sample([0, 0, 0, 0, 1, 18, 14, 5], { camera: { ...camera, bits: 4 } });
  t.ok(
    rounded.rgb.every((v) => Math.abs(v * 15 - Math.round(v * 15)) < 1e-5),
    '16 levels',
  );
});

test('noise follows seed and sample number, not the batch', async (t) => {
  const noisy = { camera: { ...camera, noise: 0.1 }, seed: 4 };
  const both = await sample([0, 0, 0, 0, 0, 0, 0, 0], noisy);
  const second = await sample([0, 0, 0, 0], { ...noisy, first: 1 });
  const half = both.rgb.length / 2;
  t.deepEqual(second.rgb, both.rgb.slice(half), 'the second sample alone is the same');
  t.notDeepEqual(both.rgb.slice(0, half), both.rgb.slice(half), 'two samples of one patch differ');
  const other = await sample([0, 0, 0, 0], { ...noisy, seed: 5 });
  t.notDeepEqual(other.rgb, both.rgb.slice(0, half), 'another seed differs');
  const clean = await sample([0, 0, 0, 0, 0, 0, 0, 0]);
  const errors = both.rgb.map((value, i) => value - (clean.rgb[i] ?? 0));
  const deviation = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  t.ok(Math.abs(deviation - 0.1) < 0.03, `standard deviation ${deviation}`);
});

test('stretch maps an image, not a patch, to [0, 1]', async (t) => {
  const whole = await sample([0, 0, 0, 0], { patch: 20, stretch: true });
  const plain = await sample([0, 0, 0, 0], { patch: 20 });
  const part = await sample([0, 2, 2, 0], { stretch: true });
  t.ok(Math.min(...whole.rgb) >= 0 && Math.max(...whole.rgb) <= 1, 'range');
  const slopes = plain.rgb.map((value, i) => (whole.rgb[i] ?? 0) - value);
  t.notOk(
    slopes.every((d) => Math.abs(d) < 1e-3),
    'changed',
  );
  const corner = (whole.rgb[2 * 20 + 2] ?? 0) - (part.rgb[0] ?? 1);
  t.ok(Math.abs(corner) < 1e-6, 'a patch has the values of its image');
});

test('stored rgb is used where no camera is given, in any stored type', async (t) => {
  const store = native().createSceneStore();
  const rgb = Uint8Array.from({ length: 3 * 8 * 8 }, (_, i) => i);
  store.add({ name: 'photo', rgb: { values: rgb, bands: 3, scale: 255 }, height: 8, width: 8 });
  const batch = await store.sample(Int32Array.from([0, 1, 2, 0]), { patch: 4 });
  t.equal(batch.cube, null, 'no cube');
  const values = await numbersOf(batch.rgb);
  t.ok(Math.abs((values[0] ?? 0) - 10 / 255) < 1e-7, 'first pixel');
  t.equal(store.bytes, 192, 'kept in 8 bits');
  const missing = await failure(() => store.sample(Int32Array.from([0, 0, 0, 0]), { patch: 4, cubes: true }));
  t.equal(missing.code, 'DATA_SCENE');
  t.match(missing.message, /photo.*no cube/);
});

test('a plan that does not fit names the scene and its size', async (t) => {
  const outside = await failure(() => sample([1, 19, 0, 0]));
  t.equal(outside.code, 'DATA_PATCH');
  t.match(outside.message, /scene 1 is 24 x 20.*6 x 6 at row 19/);
  t.equal((await failure(() => sample([2, 0, 0, 0]))).code, 'DATA_PLAN', 'scene out of range');
  t.equal((await failure(() => sample([0, 0, 0, 16]))).code, 'DATA_PLAN', 'unknown augmentation');
  t.equal((await failure(() => sample([0, 0, 0]))).code, 'DATA_PLAN', 'rows of three');
  const wrong = await failure(() =>
    sample([0, 0, 0, 0], { camera: { ...camera, response: tinyResponse(8) } }),
  );
  t.equal(wrong.code, 'CONFIG_CAMERA');
  t.match(wrong.message, /8 bands.*31/);
});

test('scenes that contradict themselves or each other are refused', async (t) => {
  const store = tinyStore(1);
  const add = (bandCount: number, values: number) => () =>
    store.add({
      name: 'odd',
      cube: { values: new Float32Array(values), bands: bandCount, scale: 1 },
      height: 4,
      width: 4,
    });
  const short = await failure(add(31, 31 * 16 - 1));
  t.equal(short.code, 'DATA_SCENE');
  t.match(short.message, /odd.*495 values.*31 x 4 x 4/);
  const fewer = await failure(add(30, 480));
  t.equal(fewer.code, 'DATA_SCENE');
  t.match(fewer.message, /odd.*30 bands.*31/);
  t.equal(
    (await failure(() => store.add({ name: 'empty', height: 4, width: 4 }))).code,
    'DATA_SCENE',
    'no planes',
  );
  t.equal(store.count, 1, 'nothing was added');
});

test('low-resolution cubes are those of degrade, whatever the blur', async (t) => {
  const uneven = { height: 1, width: 5, values: Float64Array.of(0.4, 0.3, 0.2, 0.1, 0) };
  const kernels: [string, BlurKernel | 'point-spread' | undefined][] = [
    ['none', undefined],
    ['Gaussian', gaussianKernel({ deviation: [2, 1], angle: 30 })],
    ['uneven', uneven],
    ['larger than the patch', gaussianKernel({ deviation: 3 })],
    ['point spread', 'point-spread'],
  ];
  for (const [scale, side] of [
    [2, 6],
    [3, 12],
    [4, 16],
    [4, 8],
  ] as const) {
    for (const [name, kernel] of kernels) {
      const blur = kernel === undefined ? {} : samplerBlur(kernel, scale);
      const { rgb, cube, shape } = await sample([0, 5, 3, 6, 1, 0, 2, 9], { patch: side, scale, ...blur });
      t.deepEqual(shape, [2, bands, side / scale, side / scale]);
      const wanted = [0, 1].map(async (i) => {
        const count = bands * side * side;
        const values = Float32Array.from(cube.slice(i * count, (i + 1) * count));
        const patch = fromTypedArray(values, [bands, side, side]);
        return [
          ...(await (
            await degrade(patch, { scale, ...(kernel === undefined ? {} : { kernel }) })
          ).toTypedArray()),
        ];
      });
      const error = worst(rgb, (await Promise.all(wanted)).flat());
      t.ok(error < 3e-7, `${name}, ${side} by ${scale}: ${error}`);
    }
  }
});

test('a blur that does not fit the scale is refused', async (t) => {
  const { blur } = samplerBlur('point-spread', 3);
  const wrong = await failure(() =>
    sample([0, 0, 0, 0], { scale: 2, ...(blur === undefined ? {} : { blur }) }),
  );
  t.equal(wrong.code, 'CONFIG_CAMERA');
  t.match(wrong.message, /stride.*2/);
});
