import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { type CubeData, readCube, readRgb, writeCube } from '../../../ts/data/index.js';
import { projectToRgb, readCamera, responseFor } from '../../../ts/degrade/index.js';
import { type SimulateEvent, simulate } from '../../../ts/simulate/index.js';
import { openCubeRows } from '../../../ts/simulate/cube-rows.js';
import { hyperlift } from '../cli/hyperlift.js';
import { failsWith } from '../failure.js';
import { sharedFolder } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);
const [height, width] = [12, 18];
const plane = height * width;

function made(shift = 0): CubeData {
  const data = Uint16Array.from({ length: 31 * plane }, (_, i) =>
    Math.round(32000 * (1 + Math.sin(shift + i / 300 + (i % plane) / 7))),
  );
  const facts = { dtype: 'uint16', bands: 31, height, width, wavelengths: usual, fullScale: 65535 } as const;
  return { ...facts, data, name: 'made', origin: { file: 'made', format: 'test' } };
}

const noisy = { illuminant: 'A', mosaic: 'rggb', electrons: 500, readNoise: 0.005, jpeg: 80 } as const;

test('a picture without a camera is the projection of the cube in 16 bits', async (t) => {
  await withFolder(async (folder) => {
    const cube = join(folder, 'scene.mat');
    await writeCube(cube, made());
    const out = join(folder, 'scene.png');
    const events: SimulateEvent[] = [];
    const { pictures } = await simulate({ cubes: [cube], out, onProgress: (event) => events.push(event) });
    t.same(pictures, [{ cube, file: out, height, width }]);
    t.same([events[0]?.type, events.at(-1)?.type], ['start', 'file']);
    const { data, dtype } = await readRgb(out);
    t.equal(dtype, 'uint16');
    const expected = await projectToRgb(made(), responseFor((await readCamera()).response, made()));
    t.ok(expected.every((value, i) => Math.round(65535 * Math.min(1, value)) === data[i]));
    for (const name of ['scene.tif', 'other/again.png']) {
      await simulate({ cubes: [cube], out: join(folder, name) });
      t.same((await readRgb(join(folder, name))).data, data, name);
    }
    const floats = join(folder, 'scene.npy');
    await simulate({ cubes: [cube], out: floats });
    const kept = await readCube(floats, { axes: 'hwb' });
    t.same([kept.bands, kept.dtype], [3, 'float32']);
    t.ok(
      expected.every((value, i) => Math.min(1, value) === kept.data[i]),
      '.npy keeps floats',
    );
    await simulate({ cubes: [cube], out: join(folder, 'eight.png'), camera: { depth: 8 } });
    const eight = await readRgb(join(folder, 'eight.png'));
    t.ok(eight.dtype === 'uint8' && eight.data.every((v, i) => v === Math.round(255 * (expected[i] ?? 0))));
  });
});

test('the same seed writes the same bytes, another seed or cube others', async (t) => {
  await withFolder(async (folder) => {
    const cube = join(folder, 'scene.mat');
    await writeCube(cube, made());
    await writeCube(join(folder, 'twin.mat'), made());
    const bytes = async (name: string, seed: number, of = cube) => {
      await simulate({ cubes: [of], out: join(folder, name), camera: noisy, seed });
      return readFile(join(folder, name));
    };
    const first = await bytes('a.jpg', 1);
    t.ok(first.equals(await bytes('b.jpg', 1)), 'the same');
    t.notOk(first.equals(await bytes('c.jpg', 2)), 'another seed');
    t.notOk(first.equals(await bytes('d.jpg', 1, join(folder, 'twin.mat'))), 'another name');
    const out = join(folder, 'both');
    await simulate({ cubes: [join(folder, 'twin.mat'), cube], out, camera: noisy, seed: 1 });
    t.same((await readdir(out)).sort(), ['scene.jpg', 'twin.jpg'], 'JPEG is the kind of the camera');
    t.ok(first.equals(await readFile(join(out, 'scene.jpg'))), 'whatever else is made with it');
  });
});

test('folders of scenes are gone through', async (t) => {
  await withFolder(async (folder) => {
    await mkdir(join(folder, 'scenes'));
    for (const name of ['one', 'two'])
      await writeCube(join(folder, 'scenes', `${name}.mat`), made(name.length));
    const out = join(folder, 'rgb');
    const { pictures } = await simulate({ cubes: [join(folder, 'scenes')], out, format: 'tif' });
    t.same(
      pictures.map(({ file }) => file),
      [join(out, 'one.tif'), join(out, 'two.tif')],
    );
  });
});

test('what cannot be simulated is refused by name', async (t) => {
  await withFolder(async (folder) => {
    const cube = join(folder, 'scene.mat');
    await writeCube(cube, made());
    const nan = join(folder, 'nan.mat');
    const values = Float32Array.from({ length: 31 * plane }, (_, i) => (i === 40 ? Number.NaN : 0.5));
    await writeCube(nan, { ...made(), data: values, dtype: 'float32', fullScale: 1 });
    const out = join(folder, 'x.png');
    const cases: [given: Parameters<typeof simulate>[0], code: string, culprit: RegExp][] = [
      [
        { cubes: [cube], out: join(folder, 'x.jpg') },
        'CONFIG_CONFLICT',
        /x\.jpg: camera 'camera' makes no JPEG/,
      ],
      [{ cubes: [cube, nan], out }, 'CONFIG_OUT', /x\.png is the name of one picture, and there are 2 cubes/],
      [{ cubes: [cube, cube], out: folder }, 'CONFIG_OUT', /both be written to .*scene\.png/],
      [{ cubes: [nan], out }, 'DATA_NOT_FINITE', /nan: NaN at band 0, row 2, column 4/],
      [{ cubes: [join(folder, 'none.mat')], out }, 'DATA_MISSING', /none\.mat/],
      [{ cubes: [cube], out, camera: { bit: 8 } as object }, 'CONFIG_UNKNOWN', /'bit'/],
      [{ cubes: [cube], out, response: 'nikon' }, 'CONFIG_VALUE', /'nikon'/],
      [{ cubes: [cube], out, illuminant: 'F2' }, 'CONFIG_VALUE', /'F2'/],
    ];
    for (const [given, code, culprit] of cases) await failsWith(t, simulate(given), code, culprit);
    t.notOk((await readdir(folder)).includes('x.png'), 'nothing was written');
  });
});

test('wavelengths that a file lacks are given', async (t) => {
  await withFolder(async (folder) => {
    const data = made().data.slice(0, 5 * plane);
    const [cube, out] = [join(folder, 'five.mat'), join(folder, 'five.png')];
    await writeCube(cube, { ...made(), data, bands: 5, wavelengths: null });
    await failsWith(
      t,
      simulate({ cubes: [cube], out }),
      'DATA_WAVELENGTHS',
      /five: 5 bands of unknown wavelength/,
    );
    await simulate({ cubes: [cube], out, wavelengths: '420:65' });
    t.equal((await readRgb(out)).data.length, 3 * plane);
    await failsWith(t, simulate({ cubes: [cube], out, wavelengths: '420,500' }), 'DATA_WAVELENGTHS', /2/);
  });
});

test('an open cube gives rows as the whole cube has them', async (t) => {
  await withFolder(async (folder) => {
    const cube = join(folder, 'scene.mat');
    await writeCube(cube, made());
    const { rows, close } = await openCubeRows(cube, 'scene', {});
    const { values, offset, stride } = await rows.read({ row: 5, height: 2 });
    const { data } = made();
    t.ok(
      [0, 7, 30].every((band) => values[offset + band * stride + 3] === data[band * plane + 5 * width + 3]),
    );
    await close();
  });
});

test('the command writes pictures and says which', async (t) => {
  await withFolder(async (folder) => {
    await writeCube(join(folder, 'scene.mat'), made());
    const camera = join(folder, 'camera.json');
    await writeFile(camera, JSON.stringify(noisy));
    const out = join(folder, 'scene.jpg');
    const found = await hyperlift(['simulate', join(folder, 'scene.mat'), '--out', out, '--camera', camera]);
    t.same([found.status, found.stdout.trim()], [0, out], found.stderr);
    t.ok(/1 cube through cie1964 under A \(camera\)/.test(found.stderr), found.stderr);
    const wrong = await hyperlift([
      'simulate',
      join(folder, 'scene.mat'),
      '--out',
      out,
      '--camera',
      '{"jpg": 1}',
    ]);
    t.ok(wrong.status !== 0 && /'jpg'.*jpeg/.test(wrong.stderr), wrong.stderr);
  });
});

test('the cameras are listed with source and licence', async (t) => {
  const people = await hyperlift(['cameras']);
  t.equal(people.status, 0, people.stderr);
  t.ok(/nikon-d700 +Nikon D700 +400 to 700 nm, step 10 +MIT/.test(people.stdout), people.stdout);
  t.ok(/ntire2020-clean/.test(people.stdout) && /D65/.test(people.stdout));
  const { responses, cameras } = JSON.parse((await hyperlift(['cameras', '--json'])).stdout);
  t.same([responses[0].name, cameras['ntire2020-clean'].depth], ['cie1964', 8]);
});

test('real scenes become pictures that look like their own', async (t) => {
  const scene = sharedFolder('data', 'pack', 'cave_png', 'balloons_ms');
  if (scene === null) return t.skip('the folder ../shared/data/pack is not there');
  await withFolder(async (folder) => {
    const out = join(folder, 'balloons.png');
    await simulate({ cubes: [scene], out, camera: { response: 'nikon-d700', curve: 'srgb', depth: 8 } });
    const ours = await readRgb(out);
    const theirs = await readRgb(join(scene, 'balloons_RGB.bmp'));
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const [a, b] = [mean(ours.data), mean(theirs.data)];
    const product = mean(Float64Array.from(ours.data, (v, i) => (v - a) * ((theirs.data[i] ?? 0) - b)));
    const spread = (values: ArrayLike<number>, middle: number) =>
      Math.sqrt(mean(Float64Array.from(values, (v) => (v - middle) ** 2)));
    const correlation = product / (spread(ours.data, a) * spread(theirs.data, b));
    t.ok(correlation > 0.9, `correlation ${correlation.toFixed(3)}`);
  });
});
