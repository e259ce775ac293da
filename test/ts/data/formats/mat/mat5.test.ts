import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CubeData } from '../../../../../ts/data/cube.js';
import { checkFinite } from '../../../../../ts/data/finite.js';
import { cubeInfo, readCube } from '../../../../../ts/data/formats/index.js';
import { readRgb } from '../../../../../ts/data/formats/pictures/rgb-image.js';
import { DataError } from '../../../../../ts/errors.js';
import { failsWith } from '../../../failure.js';
import { fixture } from '../../../shared-folder.js';
import { withFolder } from '../../../temporary-folder.js';

const file = (name: string) => fixture('mat', `${name}.mat`);
const waves = [400, 410, 420, 430, 440, 450];

/** The fixtures' rule: 100 a band (or `step`), 10 a row, 1 a column. */
function follows(cube: CubeData, step = 100, shift = 0, factor = 1): boolean {
  const { data, bands, height, width } = cube;
  for (let band = 0; band < bands; band++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const expected = (step * band + 10 * row + column + shift) * factor;
        if (data[(band * height + row) * width + column] !== expected) return false;
      }
    }
  }
  return true;
}

const classes: [name: string, dtype: string, step: number, shift: number][] = [
  ['double', 'float64', 100, -30],
  ['single', 'float32', 100, -30],
  ['int8', 'int16', 10, -30],
  ['uint8', 'uint8', 20, 0],
  ['int16', 'int16', 100, -30],
  ['uint16', 'uint16', 100, 0],
  ['int32', 'int32', 100, -30],
  ['uint32', 'float64', 100, 0],
  ['int64', 'float64', 100, -30],
  ['uint64', 'float64', 100, 0],
];

test('every numeric class is read exactly, in both byte orders', async (t) => {
  for (const order of ['little', 'big']) {
    for (const [name, dtype, step, shift] of classes) {
      const cube = await readCube(file(`${order}-${name}`));
      t.same([cube.bands, cube.height, cube.width], [6, 3, 4], `${order} ${name}: shape`);
      t.equal(cube.dtype, dtype, `${order} ${name}: dtype`);
      t.ok(follows(cube, step, shift), `${order} ${name}: values`);
    }
  }
});

test('compressed variables of both byte orders, and the wavelengths beside them', async (t) => {
  for (const order of ['little', 'big']) {
    const cube = await readCube(file(`${order}-compressed`));
    t.ok(follows(cube), `${order}: values`);
    t.same(cube.wavelengths, waves, `${order}: wavelengths`);
    t.equal(cube.origin.axes, '[H, W, B] (6 wavelengths)');
    t.equal(cube.origin.variable, 'cube');
    t.equal(cube.name, `${order}-compressed`);
  }
});

test('files of another writer: structs, cells, text and logicals are stepped over', async (t) => {
  t.ok(follows(await readCube(file('scipy-compressed'))));
  const plain = await readCube(file('scipy-plain'));
  t.ok(follows(plain, 100, 0, 1 / 1000) || Math.abs((plain.data[71] ?? 0) - 0.523) < 1e-12);
  t.same(plain.wavelengths, waves, "wavelengths under the name 'bands'");
  t.equal(plain.fullScale, 1);
  const info = await cubeInfo(file('scipy-compressed'));
  t.same(
    info.variables?.map(({ name, type }) => [name, type]),
    [
      ['cube', 'uint16'],
      ['wavelengths', 'double'],
      ['scene', 'char'],
      ['flag', 'uint8'],
      ['info', 'struct'],
      ['list', 'cell'],
    ],
  );
  t.ok(
    follows(await readCube(file('other-classes'))),
    'logical, complex, cell and opaque variables are no cubes',
  );
});

test('doubles that MATLAB stored as integers keep the integer type, integer classes their class', async (t) => {
  const whole = await readCube(file('double-stored-uint16'));
  t.equal(whole.dtype, 'uint16');
  t.equal(whole.fullScale, 65535);
  t.ok(follows(whole));
  const ones = await readCube(file('double-stored-uint8-ones'));
  t.equal(ones.fullScale, 1, 'zeros and ones are at full scale already');
  const widened = await readCube(file('uint16-stored-uint8'));
  t.equal(widened.dtype, 'uint16');
  t.ok(follows(widened, 20));
});

test('the band axis is settled by wavelengths, then by 31, then by the order of the field', async (t) => {
  const first = await readCube(file('bands-first-31'));
  t.same([first.bands, first.height, first.width], [31, 4, 6]);
  t.equal(first.origin.axes, '[B, H, W] (31 bands)');
  t.ok(follows(first, 30));
  const byWavelengths = await readCube(file('bands-first-by-wavelengths'));
  t.same([byWavelengths.bands, byWavelengths.height, byWavelengths.width], [6, 5, 7]);
  t.ok(follows(byWavelengths));
  const usual = await readCube(file('little-uint16'));
  t.equal(usual.origin.axes, "[H, W, B] (the field's order, as no size tells)");
  const asked = await readCube(file('little-uint16'), { axes: 'whb' });
  t.same([asked.height, asked.width], [4, 3]);
  t.equal(asked.origin.axes, '[W, H, B] (as asked)');
  t.equal(asked.data[1], 10, 'columns of the answer are rows of the file');
  await failsWith(
    t,
    readCube(file('ambiguous-axes')),
    'DATA_AXES_AMBIGUOUS',
    /'cube' is 31 x 31 x 31.*'axes'/,
  );
  t.equal((await readCube(file('ambiguous-axes'), { axes: 'bhw' })).bands, 31);
  // @ts-expect-error an order that is none
  await failsWith(t, readCube(file('little-uint16'), { axes: 'hhb' }), 'DATA_AXES', /hhb/);
});

test('wavelengths in micrometers become nm; band numbers are no wavelengths; options override', async (t) => {
  t.ok(
    (await readCube(file('micrometers'))).wavelengths?.every(
      (nm, i) => Math.abs(nm - (waves[i] ?? 0)) < 1e-9,
    ),
  );
  t.equal((await readCube(file('band-numbers'))).wavelengths, null);
  const given = [1, 2, 3, 4, 5, 6].map((i) => 500 + i);
  const cube = await readCube(file('band-numbers'), { wavelengths: given, fullScale: 1000 });
  t.same(cube.wavelengths, given);
  t.equal(cube.fullScale, 1000);
  await failsWith(
    t,
    readCube(file('band-numbers'), { wavelengths: [1] }),
    'DATA_WAVELENGTHS',
    /6 bands, 1 wavelength/,
  );
});

test('cubes flattened to bands by pixels are unfolded', async (t) => {
  for (const name of ['flat-bands-first', 'flat-pixels-first']) {
    const cube = await readCube(file(name));
    t.same([cube.bands, cube.height, cube.width], [6, 5, 7], name);
    t.ok(follows(cube), `${name}: values`);
  }
  await failsWith(t, readCube(file('flat-wrong-size')), 'DATA_SIZE_MISMATCH', /'Y' is 6 x 35.*40 pixels/);
});

test('the cube is picked, never guessed', async (t) => {
  t.equal((await readCube(file('cube-and-rgb'))).origin.variable, 'gt');
  await failsWith(
    t,
    readCube(file('two-cubes')),
    'DATA_VARIABLE_AMBIGUOUS',
    /first \(3 x 4 x 6 uint16\), second/,
  );
  t.equal((await readCube(file('two-cubes'), { variable: 'second' })).dtype, 'float32');
  await failsWith(t, readCube(file('no-cube')), 'DATA_VARIABLE_MISSING', /map \(3 x 4 uint8\), note/);
  await failsWith(t, readCube(file('header-only')), 'DATA_VARIABLE_MISSING', /it holds none/);
  await failsWith(
    t,
    readCube(file('two-cubes'), { variable: 'rad' }),
    'DATA_VARIABLE_MISSING',
    /'rad'.*first/,
  );
  await failsWith(t, readCube(file('no-cube'), { variable: 'map' }), 'DATA_RANK', /'map' is 3 x 4/);
  await failsWith(
    t,
    readCube(file('other-classes'), { variable: 'wave' }),
    'DATA_TYPE',
    /'wave' holds complex/,
  );
  await failsWith(
    t,
    readCube(file('other-classes'), { variable: 'mask' }),
    'DATA_TYPE',
    /'mask' holds logical/,
  );
  await failsWith(t, readCube(file('no-cube'), { variable: 'note' }), 'DATA_TYPE', /'note' holds a char/);
  await failsWith(t, readCube(file('empty-cube')), 'DATA_EMPTY', /0 x 7 x 6/);
});

test('an RGB array of a .mat file is read by its name', async (t) => {
  const rgb = await readRgb(file('cube-and-rgb'), { variable: 'rgb', kind: 'camera' });
  t.same([rgb.bands, rgb.height, rgb.width, rgb.kind], [3, 3, 4, 'camera']);
  t.equal(rgb.data[12], 50, 'the second channel follows the first');
  await failsWith(t, readRgb(file('cube-and-rgb')), 'DATA_VARIABLE_MISSING', /'variable'/);
  await failsWith(t, readRgb(file('cube-and-rgb'), { variable: 'gt' }), 'DATA_RANK', /'gt' has 6 channels/);
});

test('damaged, foreign and newer files are refused by name', async (t) => {
  await failsWith(t, readCube(file('claims-too-much')), 'DATA_DAMAGED', /claims 2147483656 bytes/);
  await failsWith(t, readCube(file('sizes-do-not-fit')), 'DATA_DAMAGED', /30 x 40 x 60, but holds 72 values/);
  await failsWith(t, readCube(file('version-7.3')), 'DATA_DAMAGED', /version-7\.3\.mat/);
  await failsWith(t, readCube(file('not-there')), 'DATA_MISSING', /not-there\.mat/);
  await failsWith(t, readCube(file('uint64-beyond-doubles')), 'DATA_RANGE', /1152921504606846977/);
  await withFolder(async (folder) => {
    const path = join(folder, 'x.mat');
    await writeFile(path, '');
    await failsWith(t, readCube(path), 'DATA_EMPTY', /x\.mat: the file is empty/);
    await writeFile(path, 'just a text');
    await failsWith(t, readCube(path), 'DATA_FORMAT', /x\.mat: not a container/);
    await writeFile(path, Buffer.alloc(4000, 7));
    await failsWith(t, readCube(path), 'DATA_FORMAT', /x\.mat/);
  });
});

test('NaN and infinity are named by scene and place', async (t) => {
  const cube = await readCube(file('not-finite'));
  await failsWith(
    t,
    checkFinite(cube),
    'DATA_NOT_FINITE',
    /not-finite: NaN at band 4, row 1, column 2 \(counted from 0\), and 1 more/,
  );
  await checkFinite(await readCube(file('little-single')));
});

/** Cuts a file at every seventh byte; each piece must be refused by an error of ours. */
async function truncations(t: test.Test, name: string, folder: string): Promise<void> {
  const whole = await readFile(file(name));
  const path = join(folder, 'cut.mat');
  let wrong = '';
  for (let length = 0; length < whole.length && wrong === ''; length += 7) {
    await writeFile(path, whole.subarray(0, length));
    const error = await readCube(path).then(
      () => null,
      (cause: unknown) => cause,
    );
    if (!(error instanceof DataError)) wrong = `cut at ${length}: ${String(error)}`;
  }
  t.equal(wrong, '', `${name}, ${whole.length} bytes`);
}

test('a file cut off anywhere is refused', async (t) => {
  await withFolder(async (folder) => {
    for (const name of [
      'little-uint16',
      'big-double',
      'little-compressed',
      'big-compressed',
      'flat-bands-first',
    ]) {
      await truncations(t, name, folder);
    }
  });
});

test('a file with any byte changed gives a cube or an error of ours, never a crash', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'changed.mat');
    for (const name of ['little-uint16', 'big-compressed', 'scipy-compressed', 'other-classes']) {
      const whole = await readFile(file(name));
      const foreign: string[] = [];
      for (let at = 0; at < whole.length; at += 3) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (at % 2 === 0 ? 0xff : 0x01);
        await writeFile(path, changed);
        await readCube(path).catch((cause: unknown) => {
          if (!(cause instanceof DataError)) foreign.push(`byte ${at}: ${String(cause)}`);
        });
      }
      t.same(foreign, [], name);
    }
  });
});

test('every fixture is read or refused by an error of ours', async (t) => {
  const names = (await readdir(fixture('mat'))).filter((name) => name.endsWith('.mat'));
  for (const name of names) {
    const error = await readCube(fixture('mat', name)).then(
      () => null,
      (cause: unknown) => cause,
    );
    t.ok(error === null || error instanceof DataError, name);
  }
});
