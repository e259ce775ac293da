import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { axesOf } from '../../../../../ts/data/band-major.js';
import type { AxisOrder } from '../../../../../ts/data/formats/format.js';
import { cubeInfo, formatOf, openCube, readCube } from '../../../../../ts/data/formats/index.js';
import { dtypeOfStored, type StoredType } from '../../../../../ts/data/formats/stored-types.js';
import { failsWith } from '../../../failure.js';
import { withFolder } from '../../../temporary-folder.js';
import { dictOf, npyBytes } from './npy-bytes.js';
import { ramp, sizes, storedRamp } from '../stored-bytes.js';

const types: Readonly<Record<StoredType, string>> = {
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
};

const shapeOf = (order: AxisOrder): [number, number, number] => {
  const by = { b: sizes.bands, h: sizes.height, w: sizes.width };
  const [first, second, third] = [...order].map((axis) => by[axis as 'b' | 'h' | 'w']);
  return [first ?? 0, second ?? 0, third ?? 0];
};

test('a .npy of every type, order, byte order and version has the values that were put there', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npy');
    for (const [stored, word] of Object.entries(types) as [StoredType, string][]) {
      for (const [mark, littleEndian] of [
        ['<', true],
        ['>', false],
        ['=', true],
        ['|', true],
      ] as const) {
        for (const layout of ['c', 'fortran'] as const) {
          const { strides } = axesOf(shapeOf('hwb'), 'hwb', layout);
          const dict = dictOf(mark + word, layout === 'c' ? 'False' : 'True', shapeOf('hwb'));
          await writeFile(
            path,
            npyBytes(dict, storedRamp(strides, stored, littleEndian), (word.length % 3) + 1),
          );
          const cube = await readCube(path);
          t.same(Array.from(cube.data), ramp, `${mark}${word}, ${layout}`);
          t.equal(cube.dtype, dtypeOfStored(stored));
        }
      }
    }
    for (const version of [1, 2, 3]) {
      const bytes = storedRamp(axesOf(shapeOf('hwb'), 'hwb', 'c').strides, 'uint8', true);
      await writeFile(path, npyBytes(dictOf('|b1', 'False', shapeOf('hwb')), bytes, version));
      const info = await cubeInfo(path);
      t.same([info.dtype, info.fullScale], ['uint8', 1], `logical, version ${version}`);
    }
  });
});

test('which axis holds the bands is settled by option, by wavelengths, or as the field has it', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npy');
    const { strides } = axesOf(shapeOf('bhw'), 'bhw', 'c');
    await writeFile(
      path,
      npyBytes(dictOf('<u2', 'False', shapeOf('bhw')), storedRamp(strides, 'uint16', true)),
    );
    const asked = await readCube(path, { axes: 'bhw' });
    t.same(Array.from(asked.data), ramp);
    t.equal(asked.origin.axes, '[B, H, W] (as asked)');
    const wavelengths = Array.from({ length: sizes.bands }, (_, band) => 400 + band);
    const told = await readCube(path, { wavelengths });
    t.same([Array.from(told.data), told.wavelengths], [ramp, wavelengths]);
    t.equal(told.origin.axes, '[B, H, W] (7 wavelengths)');
    const { bands, origin } = await cubeInfo(path);
    t.same([bands, origin.axes], [sizes.width, "[H, W, B] (the field's order, as no size tells)"]);
    const reader = await openCube(path, { axes: 'bhw' });
    const part = await reader.read({ row: 2, height: 1, column: 3, width: 2, bands: [6] });
    t.same(Array.from(part), ramp.slice(6 * 30 + 2 * 6 + 3, 6 * 30 + 2 * 6 + 5));
    await reader.close();
  });
});

test('arrays that are no cubes, and damaged files, are refused by name', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npy');
    const cases: [Buffer, string, RegExp][] = [
      [npyBytes(dictOf('|O', 'False', [2, 2, 2])), 'DATA_TYPE', /x\.npy.*Python objects/],
      [npyBytes(dictOf('<c8', 'False', [2, 2, 2])), 'DATA_TYPE', /complex numbers \(c8\)/],
      [npyBytes(dictOf('<U5', 'False', [2, 2, 2])), 'DATA_TYPE', /strings/],
      [npyBytes(dictOf('<M8[ns]', 'False', [2, 2, 2])), 'DATA_TYPE', /dates/],
      [npyBytes(dictOf('<f16', 'False', [2, 2, 2])), 'DATA_TYPE', /long double/],
      [
        npyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"),
        'DATA_TYPE',
        /structured/,
      ],
      [npyBytes(dictOf('<f4', 'False', [2, 2]), Buffer.alloc(16)), 'DATA_RANK', /2 x 2; a cube has three/],
      [npyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), 'DATA_RANK', /a single value/],
      [npyBytes(dictOf('<f4', 'False', [0, 2, 2])), 'DATA_EMPTY', /x\.npy/],
      [
        npyBytes(dictOf('<f4', 'False', [9, 9, 9]), Buffer.alloc(100)),
        'DATA_TRUNCATED',
        /x\.npy.*the file has/,
      ],
      [npyBytes(dictOf('<f4', 'False', [2 ** 52, 2 ** 52, 9])), 'DATA_TRUNCATED', /x\.npy/],
      [
        npyBytes(`{'descr': '<f4', 'fortran_order': False, 'shape': (${'9'.repeat(30)},), }`),
        'DATA_DAMAGED',
        /shape/,
      ],
      [npyBytes("{'descr': '<f4', 'shape': (1, 2, 3), }"), 'DATA_DAMAGED', /not understood/],
      [npyBytes("{'descr': exit(), 'fortran_order': False, 'shape': (1,), }"), 'DATA_DAMAGED', /exit/],
      [npyBytes(`{'descr': '<f4', 'fortran_order': ${' '.repeat(60000)}x`), 'DATA_DAMAGED', /not understood/],
      [npyBytes('', undefined, 4), 'DATA_DAMAGED', /version 4\.0/],
      [Buffer.from('\x93NUMPY\x01\0\xff\xff{}', 'latin1'), 'DATA_TRUNCATED', /x\.npy/],
      [Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff{}', 'latin1'), 'DATA_DAMAGED', /header of 4294967295/],
      [Buffer.from('\x93NUMPY\x01', 'latin1'), 'DATA_TRUNCATED', /x\.npy/],
    ];
    for (const [bytes, code, culprit] of cases) {
      await writeFile(path, bytes);
      await failsWith(t, openCube(path), code, culprit);
    }
    t.equal((await formatOf(path))?.id, 'npy', 'told by its first bytes');
  });
});
