import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  cameraFromRecord,
  cameraRecord,
  isCameraFile,
  linearResponse,
  litResponse,
  readCamera,
  samplerSteps,
} from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);
const cube = { name: 'cube', bands: 31, wavelengths: usual };

test('a camera is a preset, JSON as text, an object or a file', async (t) => {
  const clean = await readCamera('ntire2020-clean');
  t.same([clean.name, clean.response.name, clean.settings.depth], ['ntire2020-clean', 'cie1964', 8]);
  const inline = await readCamera('{"preset": "ntire2020-realworld", "jpeg": 50}');
  t.same([inline.settings.jpeg, inline.settings.demosaic], [50, 'malvar'], 'what is given replaces');
  const { settings } = await readCamera({ preset: 'ntire2020-realworld', electrons: 900, readNoise: 0.01 });
  t.same(
    [settings.electrons, settings.meanElectrons, settings.readNoise, settings.readElectrons],
    [900, undefined, 0.01, undefined],
    'in other units too',
  );
  const plain = await readCamera();
  t.same([plain.name, plain.light, plain.settings.clip], ['camera', null, true]);
  t.ok(isCameraFile('mine.json') && !isCameraFile('ntire2022') && !isCameraFile(' {"bits": 8}'));
  await withFolder(async (folder) => {
    await mkdir(join(folder, 'tables'));
    await writeFile(join(folder, 'tables', 'mine.csv'), '400,1,1,1\n700,1,1,1');
    await writeFile(join(folder, 'lamp.csv'), '400,1\n700,2');
    const file = join(folder, 'mine.json');
    await writeFile(file, '{"response": "tables/mine.csv", "illuminant": "lamp.csv", "exposure": 0.5}');
    const mine = await readCamera(file);
    t.same([mine.name, mine.response.name, mine.light?.name], ['mine', 'mine', 'lamp'], 'paths are its own');
    const other = await readCamera(file, { response: 'nikon-d40', illuminant: 'D65' });
    t.same([other.response.name, other.light?.name], ['nikon-d40', 'D65'], 'options win');
    await writeFile(file, '{"exposure": }');
    await failsWith(t, readCamera(file), 'CONFIG_FILE', /mine\.json: not JSON/);
    await writeFile(file, '{"exposure": -1}');
    await failsWith(t, readCamera(file), 'CONFIG_TYPE', /'exposure' in .*mine\.json is -1; expected 'auto'/);
  });
});

test('a camera that is none is refused by what is wrong', async (t) => {
  const cases: [words: string | object, code: string, culprit: RegExp][] = [
    ['ntire2021', 'CONFIG_VALUE', /'ntire2021' is no camera; expected ntire2022/],
    ['none/camera.json', 'DATA_MISSING', /camera\.json/],
    ['ntire2022', 'CONFIG_MISSING', /RGB_Camera_QE\.csv.*GPL/],
    [{ noise: 1 }, 'CONFIG_UNKNOWN', /a camera has no option 'noise'/],
    [{ gains: [1, 2] }, 'CONFIG_TYPE', /'gains' is \[1,2\]; expected a list of 3 numbers/],
    [{ depth: 12 }, 'CONFIG_TYPE', /'depth' is 12; expected 8 or 16/],
    [{ curve: 0 }, 'CONFIG_TYPE', /'curve' is 0/],
    [{ demosaic: 'malvar' }, 'CONFIG_CONFLICT', /'demosaic' has no effect without 'mosaic'/],
    [{ whiteBalance: false }, 'CONFIG_CONFLICT', /'whiteBalance' has no effect without 'illuminant'/],
    [{ level: 0.5, exposure: 2 }, 'CONFIG_CONFLICT', /'level' has no effect but with exposure 'auto'/],
    [{ depth: 16, jpeg: 90 }, 'CONFIG_CONFLICT', /'depth' has no effect of 16 with JPEG/],
    [
      { electrons: [1, 2] },
      'CONFIG_TYPE',
      /'electrons' is \[1,2\]; expected a number above 0, or a list of 3/,
    ],
    [{ electrons: [1, 2, 0] }, 'CONFIG_TYPE', /'electrons'/],
    [
      { electrons: 5, meanElectrons: 5 },
      'CONFIG_CONFLICT',
      /'electrons' has no effect beside 'meanElectrons'/,
    ],
    [{ electrons: 5, readNoise: 0.1, readElectrons: 5 }, 'CONFIG_CONFLICT', /'readNoise' .*'readElectrons'/],
    [{ readElectrons: 5 }, 'CONFIG_CONFLICT', /'readElectrons' has no effect without 'electrons' or/],
    [
      { brightness: 'median' },
      'CONFIG_TYPE',
      /'brightness' is 'median'; expected 'mean' or a number above 0/,
    ],
    [{ meanLevel: 0.2, brightness: 2 }, 'CONFIG_CONFLICT', /'meanLevel' .*but with brightness 'mean'/],
    [{ rounding: 'down' }, 'CONFIG_CONFLICT', /'rounding' has no effect without 'depth' or 'jpeg'/],
    [{ rounding: 'up', depth: 8 }, 'CONFIG_TYPE', /'rounding'/],
    [{ illuminant: 'moon' }, 'CONFIG_VALUE', /'moon' is no illuminant/],
  ];
  for (const [words, code, culprit] of cases) {
    await failsWith(t, readCamera(words), code, culprit, JSON.stringify(words));
  }
});

test('the linear part of a camera is one table', async (t) => {
  const camera = await readCamera({ illuminant: 'A', exposure: 0.5, gains: [2, 1, 1] });
  const lit = litResponse(camera, cube);
  const folded = linearResponse(camera, cube);
  t.ok(
    folded.table.every((v, i) => Math.abs(v - (lit.table[i] ?? 0) * (i % 3 === 0 ? 1 : 0.5)) < 1e-12),
    'exposure and gains are factors',
  );
  const swapped = linearResponse(await readCamera({ matrix: [0, 0, 1, 0, 1, 0, 1, 0, 0] }), cube);
  const plain = litResponse(await readCamera(), cube);
  t.ok(
    swapped.table.every((v, i) => v === plain.table[i + ([2, 0, -2][i % 3] ?? 0)]),
    'a matrix mixes channels',
  );
  const brighter = linearResponse(await readCamera({ brightness: 1.5, meanElectrons: 100 }), cube);
  t.ok(
    brighter.table.every((v, i) => Math.abs(v - 1.5 * (plain.table[i] ?? 0)) < 1e-12),
    'a brightness is a factor',
  );
  const mean = await readCamera({ brightness: 'mean' });
  t.throws(() => linearResponse(mean, cube), /brightness 'mean' is another factor in each image/);
  const auto = await readCamera({ exposure: 'auto' });
  t.throws(() => linearResponse(auto, cube), /exposure 'auto' is another factor in each image/);
});

test('the native sampler takes cameras of response, light, exposure, noise and bits', async (t) => {
  const steps = async (given: object) => {
    const camera = await readCamera(given);
    const found = samplerSteps(camera, litResponse(camera, cube));
    return found === null ? null : { ...found, response: found.response.name };
  };
  const response = 'cie1964';
  t.same(await steps({}), { response, bits: 16 }, 'clipping is by rounding to 16 bits');
  t.same(await steps({ clip: false }), { response });
  t.same(await steps({ illuminant: 'A', exposure: 2, readNoise: 0.01, bits: 8 }), {
    response: 'cie1964 under A',
    exposure: 2,
    noise: 0.01,
    bits: 8,
  });
  t.same(await steps({ depth: 8 }), { response, bits: 8 });
  for (const given of [
    { electrons: 100 },
    { electrons: [100, 100, 100] },
    { meanElectrons: 100 },
    { brightness: 2 },
    { depth: 8, rounding: 'down' },
    { mosaic: 'rggb' },
    { exposure: 'auto' },
    { curve: 'srgb' },
    { jpeg: 90 },
    { gains: [1, 1, 1] },
    { bits: 12, depth: 8 },
    { clip: false, bits: 8 },
  ]) {
    t.equal(await steps(given), null, JSON.stringify(given));
  }
});

test('a camera survives its record in a checkpoint', async (t) => {
  await withFolder(async (folder) => {
    const lamp = join(folder, 'lamp.csv');
    await writeFile(lamp, '380,1\n720,2');
    for (const given of [
      {},
      'ntire2020-realworld',
      { preset: 'ntire2022', response: 'cie1931' },
      { illuminant: 'D65', electrons: 100 },
      { illuminant: lamp, exposure: 'auto' },
    ]) {
      const camera = await readCamera(given as object);
      const record = JSON.parse(JSON.stringify(cameraRecord(camera)));
      const again = cameraFromRecord(record, camera.response);
      t.same(cameraRecord(again), cameraRecord(camera), JSON.stringify(given));
      t.same(litResponse(again, cube), litResponse(camera, cube));
    }
  });
  const { response } = await readCamera();
  const damaged = { name: 'x', settings: { bits: 'eight' }, illuminant: null };
  t.throws(() => cameraFromRecord(damaged as never, response), /damaged/);
});
