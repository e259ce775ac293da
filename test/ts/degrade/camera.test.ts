import test from 'tape';
import type { CubeData, RgbData } from '../../../ts/data/cube.js';
import { openDataset } from '../../../ts/data/index.js';
import {
  type CameraResponse,
  cameraResponse,
  linearSrgbToCamera,
  linearSrgbWeights,
  projectToRgb,
  responseFor,
  simulateRgb,
  srgbToLinear,
  toCameraSpace,
} from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';
import { sharedFolder } from '../shared-folder.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);
const [height, width] = [3, 4];
const plane = height * width;

async function cie(): Promise<CameraResponse> {
  return responseFor(await cameraResponse(), { name: 'usual', bands: 31, wavelengths: usual });
}

function cubeOf(value: (band: number, pixel: number) => number): CubeData {
  const data = Uint16Array.from({ length: 31 * plane }, (_, i) => value(Math.floor(i / plane), i % plane));
  const origin = { file: 'made', format: 'test' };
  return {
    data,
    dtype: 'uint16',
    bands: 31,
    height,
    width,
    wavelengths: usual,
    fullScale: 65535,
    name: 'made',
    origin,
  };
}

test('the RGB of a cube is response^T y / 255', async (t) => {
  const response = await cie();
  const white = await projectToRgb(
    cubeOf(() => 65535),
    response,
  );
  t.equal(white.length, 3 * plane);
  t.ok(
    white.every((value) => Math.abs(value - 1) < 1e-6),
    'white is 1',
  );
  const cube = cubeOf((band, pixel) => (band * 977 + pixel * 331) % 65536);
  const rgb = await projectToRgb(cube, response);
  for (const [channel, pixel] of [
    [0, 0],
    [1, 5],
    [2, 11],
  ] as const) {
    let expected = 0;
    for (let band = 0; band < 31; band++) {
      expected +=
        ((cube.data[band * plane + pixel] ?? 0) / 65535) * ((response.table[band * 3 + channel] ?? 0) / 255);
    }
    t.ok(
      Math.abs((rgb[channel * plane + pixel] ?? 0) - expected) < 1e-6,
      `channel ${channel}, pixel ${pixel}`,
    );
  }
  const other = { ...response, wavelengths: usual.slice(1) };
  await failsWith(t, projectToRgb(cube, other), 'DATA_SIZE_MISMATCH', /made: 31 bands.*30 wavelengths/);
});

test('the named steps of a camera are checked', async (t) => {
  const response = await cie();
  t.same(simulateRgb({ response }), { response: response.table, rgbBands: 3 });
  t.same(simulateRgb({ response, exposure: 1.5, noise: 0.01, bits: 8 }).bits, 8);
  t.throws(() => simulateRgb({ response, exposure: 0 }), /'exposure' is 0/);
  t.throws(() => simulateRgb({ response, noise: -1 }), /'noise' is -1/);
  t.throws(() => simulateRgb({ response, bits: 8.5 }), /'bits' is 8.5/);
});

function picture(data: Uint8Array | Float32Array, fullScale: number): RgbData {
  const dtype = data instanceof Uint8Array ? 'uint8' : 'float32';
  const origin = { file: 'made', format: 'test' };
  return {
    data,
    dtype,
    bands: 3,
    height,
    width,
    wavelengths: null,
    fullScale,
    name: 'made',
    origin,
    kind: 'srgb',
  };
}

test('grey of a photo stays grey in the space of the camera', async (t) => {
  const response = await cie();
  const levels = Array.from({ length: plane }, (_, i) => i * 23);
  const grey = Uint8Array.from([...levels, ...levels, ...levels]);
  const mapped = await toCameraSpace(picture(grey, 255), 'srgb', response);
  t.ok(
    mapped.every((value, i) => Math.abs(value - srgbToLinear((grey[i] ?? 0) / 255)) < 1e-6),
    'srgb',
  );
  const linear = await toCameraSpace(picture(grey, 255), 'linear', response);
  t.ok(
    linear.every((value, i) => Math.abs(value - (grey[i] ?? 0) / 255) < 1e-6),
    'linear',
  );
  const colours = Float32Array.from({ length: 3 * plane }, (_, i) => i / 40);
  t.same(
    await toCameraSpace(picture(colours, 1), 'camera', response),
    colours,
    'camera values are only scaled',
  );
  const asFloat = await toCameraSpace(
    picture(
      Float32Array.from(grey, (v) => v / 255),
      1,
    ),
    'srgb',
    response,
  );
  t.ok(
    asFloat.every((value, i) => Math.abs(value - (mapped[i] ?? 0)) < 1e-6),
    'floats go by the formula',
  );
  const blue = Uint8Array.from({ length: 3 * plane }, (_, i) => (i < 2 * plane ? 0 : 255));
  t.ok(
    (await toCameraSpace(picture(blue, 255), 'srgb', response)).every((value) => value >= 0),
    'nothing is negative',
  );
});

/** Relative RMS error of the matrix against the camera itself, over pixels of a real scene. */
async function matrixError(cube: CubeData, response: CameraResponse): Promise<number> {
  const matrix = linearSrgbToCamera(response);
  const weights = linearSrgbWeights(response.wavelengths);
  const camera = await projectToRgb(cube, response);
  const size = cube.height * cube.width;
  let [error, power] = [0, 0];
  for (let pixel = 0; pixel < size; pixel += 101) {
    const linear = weights.map((row) =>
      row.reduce(
        (sum, weight, band) => sum + weight * ((cube.data[band * size + pixel] ?? 0) / cube.fullScale),
        0,
      ),
    );
    for (let channel = 0; channel < 3; channel++) {
      const mapped = linear.reduce((sum, value, k) => sum + value * (matrix[channel * 3 + k] ?? 0), 0);
      const truth = camera[channel * size + pixel] ?? 0;
      error += (mapped - truth) ** 2;
      power += truth ** 2;
    }
  }
  return Math.sqrt(error / power);
}

test('the matrix from sRGB to the camera is within 5 % on real spectra', async (t) => {
  const folder = sharedFolder('data', 'train');
  if (folder === null) return t.skip('the folder ../shared/data/train is not there');
  const { scenes } = await openDataset(folder);
  for (const scene of scenes.slice(0, 3)) {
    const cube = await scene.readCube();
    const error = await matrixError(cube, await cie());
    t.ok(error < 0.05, `${scene.name}: ${(error * 100).toFixed(2)} %`);
  }
});

test('the matrix keeps white for any camera', async (t) => {
  const narrow = await cie();
  const peaks = [610, 540, 460];
  const table = Float64Array.from(
    usual.flatMap((nm) => peaks.map((peak) => Math.exp(-(((nm - peak) / 30) ** 2)))),
  );
  for (const response of [narrow, { ...narrow, table }]) {
    const m = linearSrgbToCamera(response);
    const rows = [0, 3, 6].map((i) => (m[i] ?? 0) + (m[i + 1] ?? 0) + (m[i + 2] ?? 0));
    t.ok(
      rows.every((sum) => Math.abs(sum - 1) < 1e-9),
      rows.join(' '),
    );
  }
});
