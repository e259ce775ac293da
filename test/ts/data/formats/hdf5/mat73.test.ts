import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import test from 'tape';
import type { CubeData } from '../../../../../ts/data/cube.js';
import { cubeInfo, formatOf, openCube, readCube } from '../../../../../ts/data/formats/index.js';
import { readRgb } from '../../../../../ts/data/formats/pictures/rgb-image.js';
import { failsWith } from '../../../failure.js';
import { fixture } from '../../../shared-folder.js';
import { withFolder } from '../../../temporary-folder.js';

const file = (name: string) => fixture('hdf5', name);
const waves = [400, 410, 420, 430, 440, 450];
const [bands, height, width] = [6, 3, 4];

/** The fixtures' rule: 100 a band, 10 a row, 1 a column; a fifth of it where values are of 8 bits. */
function follows({ data }: CubeData, bits8 = false): boolean {
  return data.every((value, i) => {
    const [band, row, column] = [Math.floor(i / height / width), Math.floor(i / width) % height, i % width];
    const whole = 100 * band + 10 * row + column;
    return value === (bits8 ? Math.floor(whole / 5) : whole);
  });
}

const classes: [name: string, dtype: string][] = [
  ['double', 'float64'],
  ['single', 'float32'],
  ['int8', 'int16'],
  ['uint8', 'uint8'],
  ['int16', 'int16'],
  ['uint16', 'uint16'],
  ['int32', 'int32'],
  ['uint32', 'float64'],
  ['int64', 'float64'],
  ['uint64', 'float64'],
];

test('every numeric class of a v7.3 file is read exactly, in both byte orders', async (t) => {
  for (const order of ['little', 'big']) {
    for (const [variable, dtype] of classes) {
      const cube = await readCube(file(`${order}.mat`), { variable });
      t.same([cube.bands, cube.height, cube.width, cube.dtype], [bands, height, width, dtype]);
      t.ok(follows(cube, /int8$/.test(variable)), `${order} ${variable}: values`);
    }
  }
});

test('a chunked cube is picked, with its wavelengths, behind a long user block', async (t) => {
  t.equal((await formatOf(file('chunked.mat')))?.id, 'mat73');
  const cube = await readCube(file('chunked.mat'));
  t.ok(follows(cube), 'values');
  t.same(cube.wavelengths, waves);
  t.equal(cube.origin.variable, 'cube');
  t.equal(cube.origin.axes, '[H, W, B] (6 wavelengths)');
  const turned = await readCube(file('chunked.mat'), { axes: 'whb' });
  t.same([turned.height, turned.width, turned.origin.axes], [4, 3, '[W, H, B] (as asked)']);
});

test('text, structs, cells, logical and complex arrays of a v7.3 file are stepped over', async (t) => {
  const cube = await readCube(file('other-classes.mat'));
  t.equal(cube.origin.variable, 'ref');
  t.ok(follows(cube));
  const { variables = [] } = await cubeInfo(file('other-classes.mat'));
  const types = Object.fromEntries(variables.map(({ name, type }) => [name, type]));
  t.same(types, {
    camera: 'struct',
    'camera/gain': 'double',
    cells: 'cell',
    lbl: 'logical',
    ref: 'uint16',
    scene: 'char',
    z: 'double',
  });
  await failsWith(t, readCube(file('other-classes.mat'), { variable: 'z' }), 'DATA_TYPE', /'z'.*complex/);
  await failsWith(t, readCube(file('other-classes.mat'), { variable: 'scene' }), 'DATA_TYPE', /'scene'/);
});

test('pixels in one axis are folded by nRow and nCol', async (t) => {
  const cube = await readCube(file('flat.mat'));
  t.ok(follows(cube));
  const reader = await openCube(file('flat.mat'));
  t.same(
    Array.from(await reader.read({ row: 1, height: 2, column: 2, width: 1, bands: [5, 0] })),
    [512, 522, 12, 22],
  );
  await reader.close();
});

test('an array of another HDF5 file is named by its path, in the order of that file', async (t) => {
  const deep = await readCube(`${file('plain.h5')}:/scene/raw/hwb`);
  t.ok(follows(deep), 'half floats, bands last');
  t.same(deep.wavelengths, waves, 'from an attribute, in micrometers');
  const first = await readCube(file('plain.h5'), { variable: '/bhw' });
  t.ok(follows(first), 'big-endian, chunked, bands first');
  t.same(first.wavelengths, waves, 'from the array beside it');
  await failsWith(t, readCube(`${file('plain.h5')}:/scene/none`), 'DATA_VARIABLE_MISSING', /scene\/none/);
  const { variables = [] } = await cubeInfo(file('plain.h5'), { variable: 'bhw' });
  t.same(
    variables.map(({ name, type, shape }) => `${name} ${type} ${shape.join('x')}`),
    ['bhw int16 6x3x4', 'scene/raw/hwb float16 3x4x6', 'wavelength float32 6'],
    'links are not followed',
  );
});

test('windows and bands of a chunked cube equal those of the whole', async (t) => {
  const whole = await readCube(file('chunked.mat'));
  const reader = await openCube(file('chunked.mat'));
  for (const window of [
    { row: 1, height: 1 },
    { column: 1, width: 2, bands: [5, 0, 3] },
    { row: 2, column: 3, height: 1, width: 1, bands: [4] },
    { height: 0 },
  ]) {
    const { row = 0, column = 0, height: tall = height - row, width: wide = width - column } = window;
    const wanted = (window.bands ?? [0, 1, 2, 3, 4, 5]).flatMap((band) =>
      Array.from({ length: tall * wide }, (_, i) => {
        const at = (band * height + row + Math.floor(i / wide)) * width + column + (i % wide);
        return whole.data[at];
      }),
    );
    t.same(Array.from(await reader.read(window)), wanted, JSON.stringify(window));
  }
  await failsWith(t, reader.read({ row: 3, height: 1 }), 'DATA_WINDOW', /chunked\.mat/);
  await reader.close();
});

test('several HDF5 files are open at once, by relative paths too', async (t) => {
  const names = ['chunked.mat', 'flat.mat', 'little.mat'];
  const paths = names.map((name) => relative(process.cwd(), file(name)));
  const readers = await Promise.all(
    paths.map((path) => openCube(path, path.endsWith('little.mat') ? { variable: 'single' } : {})),
  );
  const values = await Promise.all(readers.map((reader) => reader.read({ bands: [1] })));
  for (const some of values) t.equal(some[0], 100);
  await Promise.all(readers.map((reader) => reader.close()));
});

test('the header alone tells the order of MATLAB too', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'header.mat');
    const block = Buffer.alloc(512);
    block.write('MATLAB 7.3 MAT-file');
    await writeFile(path, Buffer.concat([block, await readFile(file('plain.h5'))]));
    const cube = await readCube(path, { variable: 'bhw', axes: 'whb' });
    t.ok(follows(cube) && cube.bands === bands, 'HDF5 lists bands, rows, columns; MATLAB the reverse');
  });
});

test('an RGB array of a v7.3 file is a picture', async (t) => {
  const rgb = await readRgb(file('chunked.mat'), { variable: 'rgb' });
  t.same([rgb.height, rgb.width, rgb.dtype], [height, width, 'uint8']);
  t.same(Array.from(rgb.data.subarray(0, 5)), [0, 1, 2, 3, 10]);
});

test('what cannot be read of HDF5 is refused by name, before memory is taken', async (t) => {
  await failsWith(t, readCube(file('filters.h5'), { variable: 'cube' }), 'DATA_UNSUPPORTED', /'cube'.*lzf/);
  await failsWith(t, readCube(file('claims-too-much.h5')), 'DATA_DAMAGED', /31 x 5000 x 6000/);
});

test('damaged and cut HDF5 files end with an error, and others are read after them', async (t) => {
  await withFolder(async (folder) => {
    const bytes = await readFile(file('chunked.mat'));
    const path = join(folder, 'cut.mat');
    for (const length of [600, 2050, 2200, 4000, bytes.length - 100]) {
      await writeFile(path, bytes);
      await truncate(path, length);
      await failsWith(t, readCube(path), 'DATA_DAMAGED', /cut\.mat: .{10,200}$/, `cut at ${length}`);
    }
    const flipped = Uint8Array.from(bytes);
    for (let at = 2100; at < flipped.length; at += 7) flipped[at] = (flipped[at] ?? 0) ^ 0x5a;
    await writeFile(path, flipped);
    await failsWith(t, readCube(path), 'DATA_DAMAGED', /cut\.mat/, 'many bytes changed');
  });
  t.ok(follows(await readCube(file('chunked.mat'))), 'the next file is read');
});
