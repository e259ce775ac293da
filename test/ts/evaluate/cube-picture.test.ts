import { join } from 'node:path';
import test from 'tape';
import { type CubeData, readRgb, writeCube } from '../../../ts/data/index.js';
import { memoryReader } from '../../../ts/data/formats/lines.js';
import { cubePicture, pictureOfCube } from '../../../ts/evaluate/index.js';
import { withFolder } from '../temporary-folder.js';

const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

/** A cube whose left half is white and whose right half reflects only long wavelengths. */
function cubeOf(height: number, width: number): CubeData {
  const data = new Float32Array(31 * height * width);
  for (let i = 0; i < data.length; i++) {
    const [band, column] = [Math.floor(i / (height * width)), i % width];
    data[i] = column < width / 2 || (wavelengths[band] ?? 0) >= 600 ? 0.5 : 0;
  }
  const origin = { file: 'made', format: 'test' };
  return {
    data,
    dtype: 'float32',
    bands: 31,
    height,
    width,
    wavelengths,
    fullScale: 1,
    name: 'made',
    origin,
  };
}

test('white is shown white and red red, in a file as in memory', async (t) => {
  const { bytes, width, height } = await cubePicture(memoryReader(cubeOf(6, 8)));
  t.same([height, width], [6, 8]);
  const [red = 0, green = 0, blue = 0] = bytes.subarray(0, 3);
  t.ok(Math.min(red, green, blue) > 250, `white: ${red} ${green} ${blue}`);
  const [r = 0, g = 0, b = 0] = bytes.subarray(7 * 3, 7 * 3 + 3);
  t.ok(r > 200 && g < 100 && b < 60, `red: ${r} ${g} ${b}`);
  await withFolder(async (folder) => {
    const [cube, png] = [join(folder, 'cube.mat'), join(folder, 'cube.png')];
    await writeCube(cube, cubeOf(6, 8));
    await pictureOfCube(cube, png);
    const picture = await readRgb(png);
    const plane = Array.from({ length: 48 }, (_, i) => bytes[3 * i]);
    t.same(Array.from(picture.data.subarray(0, 48)), plane);
  });
});

test('a large cube is shown smaller, each pixel the mean of a square', async (t) => {
  const { bytes, width, height } = await cubePicture(memoryReader(cubeOf(3, 3201)));
  t.same([height, width], [1, 1067], 'a third of each side');
  const last = bytes.subarray(3 * 1066, 3 * 1067);
  t.ok((last[0] ?? 0) > 200 && (last[2] ?? 0) < 60, `the right end is red: ${last.join(' ')}`);
});
