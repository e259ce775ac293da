import test from 'tape';
import type { CameraGiven } from '../../../ts/config/index.js';
import type { CubeData } from '../../../ts/data/cube.js';
import {
  linearPicture,
  projectToRgb,
  readCamera,
  responseFor,
  rowsOfCube,
  srgbToLinear,
  takePicture,
} from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);

function cubeOf(height: number, width: number, value: (band: number, pixel: number) => number): CubeData {
  const plane = height * width;
  const data = Float32Array.from({ length: 31 * plane }, (_, i) => value(Math.floor(i / plane), i % plane));
  const facts = { dtype: 'float32', bands: 31, height, width, wavelengths: usual, fullScale: 1 } as const;
  return { ...facts, data, name: 'made', origin: { file: 'made', format: 'test' } };
}

/** A smooth cube with colours, of reflectances from 0.05 to 0.95. */
const scene = cubeOf(
  20,
  26,
  (band, pixel) => 0.5 + 0.45 * Math.sin(band / 7 + (pixel % 26) / 5 + pixel / 200),
);
const take = async (given: object | string, options = {}, cube = scene) =>
  takePicture(await readCamera(given), rowsOfCube(cube), options);

test('a camera of a response alone projects the cube', async (t) => {
  const picture = await take({ clip: false });
  const camera = await readCamera();
  const expected = await projectToRgb(scene, responseFor(camera.response, scene));
  t.same(picture.data, expected);
  t.same([picture.height, picture.width, picture.fullScale, picture.jpeg], [20, 26, 1, null]);
});

test('a white reflector under a balanced light is white at every depth', async (t) => {
  const white = cubeOf(4, 4, () => 1);
  const each = async (given: object) => new Set((await take(given, {}, white)).data);
  t.same(await each({ illuminant: 'A', depth: 8 }), new Set([255]));
  t.same(await each({ illuminant: 'D50', depth: 16, mosaic: 'rggb' }), new Set([65535]));
  t.same(await each({ illuminant: 'A', exposure: 3, depth: 8 }), new Set([255]), 'clipped');
  t.same(await each({ exposure: 0.5, bits: 1, depth: 8 }), new Set([255]), 'half is rounded up by one bit');
  const { data } = await take({ illuminant: 'A', whiteBalance: false, depth: 8 }, {}, white);
  const [red = 0, green = 0, blue = 0] = [data[0], data[16], data[32]];
  t.ok(red === 255 && green < 255 && blue < green, `${red} ${green} ${blue}`);
});

test('gains, matrix and curve are applied in this order', async (t) => {
  const grey = cubeOf(2, 2, () => 0.25);
  const swap = [0, 0, 1, 0, 1, 0, 1, 0, 0];
  const { data } = await take({ gains: [2, 1, 0.5], matrix: swap }, {}, grey);
  t.ok(
    [0.125, 0.25, 0.5].every((value, i) => Math.abs((data[4 * i] ?? 0) - value) < 1e-6),
    `${data}`,
  );
  const root = await take({ curve: 2 }, {}, grey);
  t.ok(
    root.data.every((value) => Math.abs(value - 0.5) < 1e-6),
    'gamma 2 is a root',
  );
  const coded = await take({ curve: 'srgb', depth: 8 }, {}, grey);
  t.equal(coded.data[0], 137, 'sRGB of 0.25');
  const { settings } = await readCamera({ curve: 'srgb' });
  const linear = await linearPicture(coded, settings);
  t.ok(Math.abs((linear[0] ?? 0) - srgbToLinear(137 / 255)) < 1e-6, 'and back');
});

test('automatic exposure brings a percentile to the level', async (t) => {
  const plain = await take({ clip: false });
  const dark = cubeOf(20, 26, (band, pixel) => (scene.data[band * 520 + pixel] ?? 0) / 1000);
  for (const [cube, scale] of [
    [scene, 1],
    [dark, 1000],
  ] as const) {
    const given = { exposure: 'auto', percentile: 90, level: 0.5, clip: false };
    const found = await take(given, { stripValues: 2000 }, cube);
    const factor = (found.data[0] ?? 0) / ((plain.data[0] ?? 1) / scale);
    const sorted = Array.from(found.data).sort((a, b) => a - b);
    const percentile = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
    t.ok(Math.abs(percentile - 0.5) < 2e-4, `${percentile}`);
    t.ok(factor > 0);
  }
  const black = await take(
    { exposure: 'auto' },
    {},
    cubeOf(2, 2, () => 0),
  );
  t.ok(
    black.data.every((value) => value === 0),
    'no light stays no light',
  );
});

const everything: CameraGiven = {
  illuminant: 'D65',
  exposure: 0.9,
  mosaic: 'grbg',
  electrons: 800,
  readNoise: 0.004,
  bits: 10,
  gains: [1.02, 1, 0.98],
  matrix: [1.1, -0.05, -0.05, 0, 1, 0, -0.1, 0, 1.1],
  curve: 'srgb',
  depth: 8,
};

test('the same camera, cube and seed give the same bytes, in strips of any size', async (t) => {
  const whole = await take(everything, { seed: 4 });
  for (const stripValues of [1, 31 * 26 * 3, 31 * 26 * 7]) {
    const { data } = await take(everything, { seed: 4, stripValues });
    t.same(data, whole.data, `${stripValues} values at a time`);
  }
  const bare = { electrons: 800, readNoise: 0.004 };
  t.same((await take(bare, { stripValues: 1 })).data, (await take(bare)).data, 'without a mosaic too');
  t.notSame((await take(everything, { seed: 5 })).data, whole.data, 'another seed, other noise');
  t.notSame(
    (await take(everything, { seed: 4 }, { ...scene, name: 'b' })).data,
    whole.data,
    'another cube too',
  );
});

test('shot noise of a picture has the variance of its light', async (t) => {
  const grey = cubeOf(80, 80, () => 0.5);
  const { data } = await take({ electrons: 400, clip: false }, {}, grey);
  const mean = Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
  const variance = Array.from(data).reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  t.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(0.5 / 400 / data.length), `mean ${mean}`);
  t.ok(Math.abs(variance / (0.5 / 400) - 1) < 0.06, `variance ${variance}, expected ${0.5 / 400}`);
});

test('JPEG is made and decoded again, its error falling with quality', async (t) => {
  const exact = await take({ depth: 8 });
  const errors: number[] = [];
  for (const jpeg of [30, 65, 95]) {
    const { data, jpeg: bytes, fullScale } = await take({ jpeg });
    t.ok(bytes !== null && bytes[0] === 0xff && bytes[1] === 0xd8, 'a JPEG file');
    t.equal(fullScale, 255);
    errors.push(
      Array.from(data).reduce((sum, value, i) => sum + (value - (exact.data[i] ?? 0)) ** 2, 0) / data.length,
    );
  }
  const [low = 0, middle = 0, high = 0] = errors;
  t.ok(low > middle && middle > high && high < 20, errors.join(' '));
});

test('presets run, and a mosaic needs two rows and columns', async (t) => {
  for (const name of ['ntire2020-clean', 'ntire2020-realworld']) t.equal((await take(name)).fullScale, 255);
  const { data } = await take({ preset: 'ntire2022', response: 'nikon-d700' });
  t.equal(data.length, 3 * 20 * 26);
  const line = cubeOf(1, 5, () => 1);
  await failsWith(t, take({ mosaic: 'rggb' }, {}, line), 'CONFIG_CAMERA', /2x2 pixels.*1x5/);
});

test('the event loop turns while a picture is taken', async (t) => {
  const large = cubeOf(256, 512, (band, pixel) => ((band * 31 + pixel) % 97) / 97);
  const camera = await readCamera(everything);
  let [turns, done] = [0, false];
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await takePicture(camera, rowsOfCube(large));
  done = true;
  t.ok(turns > 30, `${turns} turns`);
});
