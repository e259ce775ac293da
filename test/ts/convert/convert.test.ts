import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { formatOption } from '../../../ts/config/shared-options.js';
import { type ConvertEvent, convertCube } from '../../../ts/convert/index.js';
import {
  allocateValues,
  type CubeData,
  type CubeDType,
  formatNamed,
  formatWords,
  fullScaleOf,
  readCube,
  writeCube,
} from '../../../ts/data/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';

const [bands, height, width] = [6, 9, 11];
const wavelengths = [450, 500, 550.5, 600, 650, 700];

/** Values over the whole range of a dtype; of an integer dtype, whole ones. */
function cubeOf(dtype: CubeDType): CubeData {
  const data = allocateValues(dtype, bands * height * width);
  const top = fullScaleOf(dtype);
  for (let i = 0; i < data.length; i++) {
    const value = (top * i) / (data.length - 1);
    data[i] = top === 1 ? value : Math.round(value);
  }
  const origin = { file: 'made', format: 'test' };
  return { data, dtype, bands, height, width, wavelengths, fullScale: top, name: 'made', origin };
}

/** The file that a container's ending makes of a name. */
function place(folder: string, name: string, word: string): string {
  return join(folder, `${name}${formatNamed(word).extensions[0] ?? ''}`);
}

const floats: readonly CubeDType[] = ['float32', 'float64'];
const dtypes: readonly CubeDType[] = ['uint8', 'uint16', 'int16', 'int32', ...floats];
/** What a folder of PNGs holds as it is. */
const pngTypes: readonly CubeDType[] = ['uint8', 'uint16'];

test('options name every container that is written, and no other', (t) => {
  t.same([...(formatOption.choices ?? [])].sort(), formatWords().sort());
  t.end();
});

test('a cube goes through every container and back to the bit', async (t) => {
  await withFolder(async (folder) => {
    for (const dtype of dtypes) {
      const cube = cubeOf(dtype);
      for (const word of formatWords()) {
        if (word === 'png' && !pngTypes.includes(dtype)) continue;
        const path = place(join(folder, word), dtype, word);
        await writeCube(path, cube, { format: word });
        const back = await readCube(path, { variable: 'cube' });
        t.equal(back.dtype, dtype, `${word} ${dtype}`);
        t.same(back.data, cube.data, `${word} ${dtype}: values`);
        t.equal(back.fullScale, cube.fullScale, `${word} ${dtype}: full scale`);
        // A .npy holds nothing but values, a folder of PNGs neither.
        if (word !== 'npy' && word !== 'png')
          t.same(back.wavelengths, wavelengths, `${word} ${dtype}: wavelengths`);
      }
    }
  });
});

test('any container is converted into any other', async (t) => {
  await withFolder(async (folder) => {
    const cube = cubeOf('uint16');
    for (const from of formatWords()) {
      const source = place(folder, `from-${from}`, from);
      await writeCube(source, cube, { format: from });
      for (const to of formatWords()) {
        const target = place(folder, `${from}-to-${to}`, to);
        const { plan } = await convertCube({ from: source, to: target, format: to as 'mat', memory: 1 });
        const back = await readCube(target);
        t.same(back.data, cube.data, `${from} to ${to}`);
        t.same([plan.bands, plan.height, plan.width, plan.dtype], [bands, height, width, 'uint16']);
      }
    }
    const left = (await readdir(folder)).filter((name) => name.startsWith('.'));
    t.same(left, [], 'nothing temporary is left');
  });
});

test('types are scaled from full scale to full scale, or renumbered', async (t) => {
  await withFolder(async (folder) => {
    const [words, floats32, back] = ['a.mat', 'b.mat', 'c.mat'].map((name) => join(folder, name));
    if (words === undefined || floats32 === undefined || back === undefined) return;
    const cube = cubeOf('uint16');
    await writeCube(words, cube);
    await convertCube({ from: words, to: floats32, type: 'float32' });
    const scaled = await readCube(floats32);
    t.equal(scaled.data[7], Math.fround((cube.data[7] ?? 0) / 65535), 'uint16 becomes [0, 1]');
    await convertCube({ from: floats32, to: back, type: 'uint16' });
    t.same((await readCube(back)).data, cube.data, 'and back to the bit');
    await convertCube({ from: words, to: back, type: 'float64', unscaled: true });
    t.same(Array.from((await readCube(back)).data), Array.from(cube.data), 'or keeps its numbers');
    await failsWith(
      t,
      convertCube({ from: words, to: back, type: 'uint8', unscaled: true }),
      'DATA_RANGE',
      /a\.mat: the value \d+ is no uint8/,
    );
    t.same(Array.from((await readCube(back)).data), Array.from(cube.data), 'what was there stays');
  });
});

test('values that a type cannot hold are counted and said', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    const cube = cubeOf('float32');
    cube.data.set([1.5, -0.25, Number.NaN]);
    await writeCube(from, cube);
    const events: ConvertEvent[] = [];
    const made = await convertCube({ from, to, type: 'uint8', onProgress: (event) => events.push(event) });
    t.same([made.clipped, made.notFinite], [2, 1]);
    t.same(Array.from((await readCube(to)).data.subarray(0, 3)), [255, 0, 0]);
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
    t.equal(notices.length, 2, notices.join('; '));
  });
});

test('what a container has no place for is said, and an ending says the order of values', async (t) => {
  await withFolder(async (folder) => {
    const from = join(folder, 'a.bip');
    await writeCube(from, { ...cubeOf('uint16'), badBands: [1] });
    const notices: string[] = [];
    const onProgress = (event: ConvertEvent) => {
      if (event.type === 'notice') notices.push(event.text);
    };
    await convertCube({ from, to: join(folder, 'b.bil'), onProgress });
    t.same(notices, [], 'ENVI holds all');
    t.equal((await readCube(join(folder, 'b.hdr'))).origin.axes, '[H, B, W] (bil)');
    await convertCube({ from, to: join(folder, 'b.npy'), onProgress });
    t.same(notices, ['NumPy array (.npy) has no place for wavelengths, bad bands: left out']);
  });
});

test('a part is taken by bands and pixels', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    const cube = cubeOf('uint16');
    await writeCube(from, cube);
    await convertCube({ from, to, bands: '4,0-1', crop: '2,3,5,6' });
    const part = await readCube(to, { variable: 'cube', axes: 'hwb' });
    t.same([part.bands, part.height, part.width], [3, 5, 6]);
    t.same(part.wavelengths, [650, 450, 500]);
    const at = (band: number, row: number, column: number) =>
      cube.data[(band * height + row) * width + column];
    t.equal(part.data[0], at(4, 2, 3));
    t.equal(part.data[(2 * 5 + 4) * 6 + 5], at(1, 6, 8));
    await convertCube({ from, to, wavelengths: '400:20' });
    t.same((await readCube(to)).wavelengths, [400, 420, 440, 460, 480, 500]);
  });
});

test('what cannot be converted is refused by name before anything is written', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    await writeCube(from, cubeOf('uint8'));
    const cases: [Parameters<typeof convertCube>[0], string, RegExp][] = [
      [{ from, to, crop: '0,0,9,12' }, 'DATA_WINDOW', /a\.mat.*9 x 12/],
      [{ from, to, crop: '0,0,9' }, 'CONFIG_VALUE', /crop/],
      [{ from, to, bands: '3-1' }, 'CONFIG_VALUE', /bands/],
      [{ from, to, bands: '6' }, 'DATA_BANDS', /no band 6/],
      [{ from, to, wavelengths: '1,2' }, 'DATA_WAVELENGTHS', /6 bands, 2 wavelengths/],
      [{ from, to, wavelengths: 'blue' }, 'CONFIG_VALUE', /wavelengths/],
      [{ from, to: join(folder, 'x.bmp') }, 'DATA_FORMAT', /x\.bmp/],
      [{ from: join(folder, 'none.mat'), to }, 'DATA_MISSING', /none\.mat/],
      [{ from, to, name: '1x' }, 'DATA_VARIABLE_NAME', /1x/],
    ];
    for (const [options, code, culprit] of cases) await failsWith(t, convertCube(options), code, culprit);
    t.same(await readdir(folder), ['a.mat']);
  });
});

test('a conversion that is stopped leaves nothing behind', async (t) => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    await writeCube(from, cubeOf('uint8'));
    const reason = new Error('enough');
    const error = await convertCube({ from, to, signal: AbortSignal.abort(reason) }).catch((e) => e);
    t.equal(error, reason);
    t.same(await readdir(folder), ['a.mat']);
  });
});
