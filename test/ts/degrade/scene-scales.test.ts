import test from 'tape';
import type { CubeData } from '../../../ts/data/cube.js';
import { readCamera, rowsOfCube, takePicture } from '../../../ts/degrade/index.js';
import { type SeenScene, sceneScales } from '../../../ts/degrade/scene-scales.js';

/** Planar RGB as a scene. */
function sceneOf(rgb: readonly number[], height: number, width: number, rowsAtOnce = 1): SeenScene {
  const read: SeenScene['read'] = async (row, end) =>
    Float32Array.from(
      [0, 1, 2].flatMap((c) => rgb.slice((c * height + row) * width, (c * height + end) * width)),
    );
  return { height, width, rowsAtOnce, signal: undefined, read };
}

const scales = async (given: object, scene: SeenScene) =>
  sceneScales((await readCamera(given)).settings, scene);
/** 2 x 2 pixels: red 0.1, green 0.2 0.3 0.4 0.9, blue 0.5. */
const rgb = [0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.4, 0.9, 0.5, 0.5, 0.5, 0.5];
const near = (found: number | undefined, expected: number) => Math.abs((found ?? 0) / expected - 1) < 1e-6;

test('electrons by the scene are those of the mean of the green pixels, exposed', async (t) => {
  const cases: [given: object, green: number][] = [
    [{}, 0.45],
    [{ mosaic: 'rggb' }, 0.35],
    [{ mosaic: 'gbrg' }, 0.55],
    [{ exposure: 0.5, mosaic: 'bggr' }, 0.175],
    [{ exposure: 2 }, (0.4 + 0.6 + 0.8 + 1) / 4],
    [{ exposure: 2, clip: false }, 0.9],
  ];
  for (const [given, green] of cases) {
    for (const rowsAtOnce of [1, 2]) {
      const camera = { ...given, meanElectrons: 100, readElectrons: 5 };
      const { noise } = await scales(camera, sceneOf(rgb, 2, 2, rowsAtOnce));
      t.ok(near(noise?.[0]?.electrons, 100 / green), `${JSON.stringify(given)}: ${noise?.[0]?.electrons}`);
      t.ok(near(noise?.[2]?.readNoise, (5 * green) / 100), 'and so is the read noise');
    }
  }
  const black = sceneOf(new Array<number>(12).fill(0), 2, 2);
  t.equal((await scales({ meanElectrons: 100, readElectrons: 5 }, black)).noise, null, 'no light, no noise');
});

test('electrons may differ from channel to channel', async (t) => {
  const { noise } = await scales({ electrons: [100, 200, 400], readElectrons: 2 }, sceneOf(rgb, 2, 2));
  t.same(noise, [
    { electrons: 100, readNoise: 0.02 },
    { electrons: 200, readNoise: 0.01 },
    { electrons: 400, readNoise: 0.005 },
  ]);
  t.equal((await scales({}, sceneOf(rgb, 2, 2))).noise, null);
});

test('brightness brings the mean over pixels and channels to its level', async (t) => {
  const swap = [0, 0, 1, 0, 1, 0, 1, 0, 0];
  const mean = (0.1 + 0.45 + 0.5) / 3;
  const cases: [given: object, factor: number][] = [
    [{ brightness: 'mean' }, 0.18 / mean],
    [{ brightness: 'mean', meanLevel: 0.4, exposure: 0.5 }, 0.8 / mean],
    [{ brightness: 'mean', gains: [2, 1, 0] }, (0.18 * 3) / 0.65],
    [{ brightness: 'mean', gains: [2, 1, 0], matrix: swap }, (0.18 * 3) / 0.65],
    [{ brightness: 'mean', matrix: [1, 1, 0, 0, 1, 0, 0, 0, 1] }, (0.18 * 3) / 1.5],
    [{ brightness: 1.5 }, 1.5],
    [{}, 1],
  ];
  for (const [given, factor] of cases) {
    const { brightness } = await scales(given, sceneOf(rgb, 2, 2));
    t.ok(near(brightness, factor), `${JSON.stringify(given)}: ${brightness}, expected ${factor}`);
  }
  const black = sceneOf(new Array<number>(12).fill(0), 2, 2);
  t.equal((await scales({ brightness: 'mean' }, black)).brightness, 1, 'no light stays no light');
});

/** A ramp of grey from 0.1 to 0.9. */
const ramp: CubeData = {
  dtype: 'float32',
  bands: 31,
  height: 24,
  width: 20,
  wavelengths: Array.from({ length: 31 }, (_, i) => 400 + 10 * i),
  fullScale: 1,
  data: Float32Array.from({ length: 31 * 480 }, (_, i) => 0.1 + (0.8 * (i % 480)) / 479),
  name: 'ramp',
  origin: { file: 'ramp', format: 'test' },
};
const take = async (given: object, options = {}) =>
  takePicture(await readCamera(given), rowsOfCube(ramp), options);

test('pictures with electrons and brightness of the scene are the same in strips of any size', async (t) => {
  const given = { mosaic: 'grbg', meanElectrons: 900, readElectrons: 4, brightness: 'mean', depth: 8 };
  const whole = await take(given);
  for (const stripValues of [1, 31 * 20 * 5])
    t.same((await take(given, { stripValues })).data, whole.data, `${stripValues} values at a time`);
  const mean = Array.from(whole.data).reduce((sum, value) => sum + value, 0) / whole.data.length / 255;
  t.ok(Math.abs(mean / 0.18 - 1) < 0.02, `mean ${mean}`);
});

test('behind a mosaic each pixel has the electrons of its channel', async (t) => {
  // Nearly no noise in red and blue, much in green.
  const { data } = await take({ mosaic: 'rggb', electrons: [1e12, 50, 1e12], clip: false });
  const errors = [0, 0];
  for (let i = 0; i < 480; i++) {
    const [row, column] = [Math.floor(i / 20), i % 20];
    const own = row % 2 === column % 2 ? (row % 2 === 0 ? 0 : 2) : 1;
    const error = Math.abs((data[own * 480 + i] ?? 0) - (ramp.data[i] ?? 0));
    const kind = own === 1 ? 1 : 0;
    errors[kind] = Math.max(errors[kind] ?? 0, error);
  }
  t.ok((errors[0] ?? 1) < 1e-4 && (errors[1] ?? 0) > 0.1, errors.join(' '));
});

test('rounding goes down, and keeps what the bits of the sensor rounded', async (t) => {
  const [down, nearest] = [await take({ depth: 8, rounding: 'down' }), await take({ depth: 8 })];
  const differences = new Set(nearest.data.map((value, i) => value - (down.data[i] ?? 0)));
  t.same([...differences].sort(), [0, 1]);
  const [again, eight] = [
    await take({ bits: 8, depth: 8, rounding: 'down' }),
    await take({ bits: 8, depth: 8 }),
  ];
  t.same(again.data, eight.data);
});
