import test from 'tape';
import type { CubeData } from '../../../ts/data/cube.js';
import {
  cameraResponse,
  presetCameras,
  readCamera,
  responseFor,
  rowsOfCube,
  takePicture,
} from '../../../ts/degrade/index.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);
const [height, width] = [120, 160];
const plane = height * width;

function cubeOf(value: (band: number, pixel: number) => number): CubeData {
  const data = Float32Array.from({ length: 31 * plane }, (_, i) => value(Math.floor(i / plane), i % plane));
  const facts = { dtype: 'float32', bands: 31, height, width, wavelengths: usual, fullScale: 1 } as const;
  return { ...facts, data, name: 'made', origin: { file: 'made', format: 'test' } };
}

function moments(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

const take = async (given: object, cube: CubeData, options = {}) =>
  takePicture(await readCamera(given), rowsOfCube(cube), options);
/** What the challenge's channels make of a spectrum of ones: gain times sum of the column, computed apart from the preset. */
const challenge = [2.2933984 * 3.76381, 8.61393, 1.62308182 * 5.71];
const challengeMean = challenge.reduce((sum, value) => sum + value, 0) / 3;

test('ntire2022 brings a grey scene to a mean of 0.18, in the ratio of its channels, and truncates', async (t) => {
  const response = 'nikon-d700';
  for (const grey of [0.02, 0.6]) {
    // So many electrons that noise is no more than a thousandth of a step.
    const given = { preset: 'ntire2022', response, electrons: 1e12 };
    const { data } = await take(
      given,
      cubeOf(() => grey),
      { decoded: false },
    );
    challenge.forEach((sum, channel) => {
      const expected = Math.floor((255 * 0.18 * sum) / challengeMean);
      const found = new Set(data.subarray(channel * plane, (channel + 1) * plane));
      t.same([...found], [expected], `channel ${channel} of ${grey}`);
    });
  }
  const { jpeg } = await take(
    { preset: 'ntire2022', response },
    cubeOf(() => 0.5),
  );
  t.ok(jpeg !== null, 'a JPEG is made');
});

test('ntire2022 has the shot noise of 750 electrons a unit of its RGB', async (t) => {
  const { jpeg: _jpeg, rounding: _rounding, ...steps } = presetCameras.ntire2022;
  const grey = 0.3;
  const { data } = await take(
    { ...steps, response: 'nikon-d40' },
    cubeOf(() => grey),
  );
  const factor = 0.18 / (grey * challengeMean);
  challenge.forEach((sum, channel) => {
    const found = moments(Array.from(data.subarray(channel * plane, (channel + 1) * plane)));
    const mean = factor * grey * sum;
    const variance = (factor ** 2 * grey * sum) / 750;
    t.ok(Math.abs(found.mean / mean - 1) < 0.002, `mean ${found.mean}, expected ${mean}`);
    t.ok(
      Math.abs(found.variance / variance - 1) < 0.05,
      `variance ${found.variance}, expected ${variance} (${channel})`,
    );
  });
});

test('ntire2020-clean is floor(255 min(1, F^T y / 256))', async (t) => {
  const cube = cubeOf((band, pixel) => 0.55 + 0.55 * Math.sin(band / 5 + pixel / 900));
  const { data, jpeg } = await take({ preset: 'ntire2020-clean' }, cube);
  const { table } = responseFor(await cameraResponse('cie1964'), cube);
  let [wrong, compared, bright] = [0, 0, 0];
  for (let pixel = 0; pixel < plane; pixel += 7) {
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (let band = 0; band < 31; band++) {
        sum += (table[3 * band + channel] ?? 0) * (cube.data[band * plane + pixel] ?? 0);
      }
      const value = 255 * Math.min(1, sum / 256);
      // Pictures are made in single precision: on the edge of a step it decides.
      if (value < 255 && Math.abs(value - Math.round(value)) < 1e-3) continue;
      compared++;
      if (value === 255) bright++;
      if (data[channel * plane + pixel] !== Math.floor(value)) wrong++;
    }
  }
  t.equal(wrong, 0, `${compared} values`);
  t.ok(compared > 8000 && bright > 0 && bright < compared / 2, `${bright} of them bright`);
  t.equal(jpeg, null);
  const white = await take(
    { preset: 'ntire2020-clean' },
    cubeOf(() => 1),
  );
  t.same([...new Set(white.data)], [254], 'white is 255 * 255 / 256');
});

test('ntire2020-realworld has 5000 electrons at the mean of green, and dark noise of 100', async (t) => {
  const { jpeg: _jpeg, rounding: _rounding, ...steps } = presetCameras['ntire2020-realworld'];
  for (const grey of [0.05, 0.5]) {
    const { data } = await take(
      steps,
      cubeOf(() => grey),
    );
    // Demosaicing leaves the green pixels of the mosaic as the sensor had them.
    const green = Array.from(data.subarray(plane, 2 * plane)).filter(
      (_, pixel) => (Math.floor(pixel / width) + pixel) % 2 === 1,
    );
    const found = moments(green);
    const variance = (grey / 5000) ** 2 * (5000 + 100 ** 2);
    t.equal(green.length, plane / 2);
    t.ok(Math.abs(found.mean / grey - 1) < 0.002, `mean ${found.mean}`);
    t.ok(
      Math.abs(found.variance / variance - 1) < 0.05,
      `variance ${found.variance}, expected ${variance} at ${grey}`,
    );
  }
  const { jpeg } = await take(
    { preset: 'ntire2020-realworld' },
    cubeOf(() => 0.4),
  );
  t.ok(jpeg !== null);
});
