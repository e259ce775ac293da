import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CubeData, CubeValues } from '../../../../../ts/data/cube.js';
import { createCube, cubeInfo, openCube, readCube, writeCube } from '../../../../../ts/data/formats/index.js';
import { halvesOf, joinedHalves } from '../../../../../ts/data/formats/hdf5/hdf5-halves.js';
import { failsWith } from '../../../failure.js';
import { pythonWith } from '../../../python.js';
import { withFolder } from '../../../temporary-folder.js';

const [bands, height, width] = [5, 6, 7];
const ramp = Array.from({ length: bands * height * width }, (_, i) => i);
const waves = [400, 450.5, 500, 550, 600];
const format = 'mat73';

function cubeOf(data: CubeValues, dtype: CubeData['dtype'], sizes = { bands, height, width }): CubeData {
  const origin = { file: 'made', format: 'test' };
  const wavelengths = sizes.bands === bands ? waves : null;
  return { data, dtype, ...sizes, wavelengths, fullScale: 1, name: 'made', origin };
}

const made: [dtype: CubeData['dtype'], data: CubeValues][] = [
  ['uint8', Uint8Array.from(ramp)],
  ['uint16', Uint16Array.from(ramp, (v) => v * 300)],
  ['int16', Int16Array.from(ramp, (v) => v - 100)],
  ['int32', Int32Array.from(ramp, (v) => v * 100000)],
  ['float32', Float32Array.from(ramp, (v) => v / 7)],
  ['float64', Float64Array.from(ramp, (v) => (v === 3 ? Number.NaN : -v / 7))],
];

test('a cube written as v7.3 comes back equal, whatever its dtype', async (t) => {
  await withFolder(async (folder) => {
    for (const [dtype, data] of made) {
      const path = join(folder, `${dtype}.mat`);
      const notes = { made_by: 'a test, naïve', empty: '' };
      await writeCube(path, cubeOf(data, dtype), { format, variable: 'rad', notes });
      const back = await readCube(path);
      t.equal(back.dtype, dtype);
      t.ok(sameBytes(back.data, data), `${dtype}: values`);
      t.same(back.wavelengths, waves, 'wavelengths');
      t.equal(back.origin.format, 'mat73');
      t.equal(back.origin.axes, '[H, W, B] (5 wavelengths)');
      t.same([back.bands, back.height, back.width], [bands, height, width]);
      const { variables = [] } = await cubeInfo(path);
      t.same(
        variables.map(({ name, type }) => `${name} ${type}`),
        ['empty char', 'made_by char', `rad ${matlabClass[dtype]}`, 'wavelengths double'],
      );
    }
    t.same((await readdir(folder)).length, made.length, 'nothing else is left');
  });
});

const matlabClass: Record<CubeData['dtype'], string> = {
  uint8: 'uint8',
  uint16: 'uint16',
  int16: 'int16',
  int32: 'int32',
  float32: 'single',
  float64: 'double',
};

test('a cube of many chunks and several levels of their tree comes back equal', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'large.h5');
    // A column of all bands is larger than what waits: every chunk is one column.
    const sizes = { bands: 150, height: 1100, width: 70 };
    const count = sizes.bands * sizes.height * sizes.width;
    const data = Float32Array.from({ length: count }, (_, i) => (i * 7919) % 1009);
    const writer = await createCube(path, { ...cubeOf(data, 'float32', sizes) });
    const columns = columnsOf(cubeOf(data, 'float32', sizes));
    for (let column = 0; column < sizes.width; column += 17) {
      const wide = Math.min(17, sizes.width - column);
      await writer.write(column, wide, columns(column, wide));
    }
    await writer.finish();
    const back = await openCube(path);
    const part = await back.read({ row: 1000, height: 5, column: 3, width: 64, bands: [149, 0, 77] });
    const wanted = [149, 0, 77].flatMap((band) =>
      Array.from({ length: 5 * 64 }, (_, i) => {
        const [row, column] = [1000 + Math.floor(i / 64), 3 + (i % 64)];
        return data[(band * sizes.height + row) * sizes.width + column];
      }),
    );
    t.ok(
      part.every((value, i) => value === wanted[i]),
      'a window',
    );
    const whole = await back.read();
    t.ok(sameBytes(whole, data), 'all of it');
    await back.close();
  });
});

function sameBytes(a: CubeValues, b: CubeValues): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;
}

/** Columns of a cube in memory as writers take them, `[bands, count, height]`. */
function columnsOf({ data, bands: deep, height: tall, width: wide }: CubeData) {
  return (column: number, count: number) => {
    const part = data.slice(0, deep * count * tall);
    for (let band = 0, i = 0; band < deep; band++) {
      for (let x = column; x < column + count; x++) {
        for (let y = 0; y < tall; y++, i++) part[i] = data[(band * tall + y) * wide + x] as number;
      }
    }
    return part;
  };
}

test('large windows are joined from halves of bands, or of columns', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'halves.h5');
    const sizes = { bands: 9, height: 500, width: 700 };
    const count = sizes.bands * sizes.height * sizes.width;
    const data = Float32Array.from({ length: count }, (_, i) => (i * 7919) % 10007);
    await writeCube(path, cubeOf(data, 'float32', sizes));
    const reader = await openCube(path);
    t.ok(sameBytes(await reader.read(), data), 'by bands');
    const bandsWanted = [8, 0, 4, 2];
    const part = await reader.read({ row: 1, height: 499, column: 2, width: 697, bands: bandsWanted });
    const differs = part.findIndex((value, i) => {
      const [place, row] = [Math.floor(i / 499 / 697), Math.floor(i / 697) % 499];
      const band = bandsWanted[place] ?? 0;
      return value !== data[(band * 500 + row + 1) * 700 + 2 + (i % 697)];
    });
    t.equal(differs, -1, 'by columns');
    await reader.close();
  });
});

test('halves of a window have no chunk in common, and are joined by bands, rows or columns', async (t) => {
  const window = { row: 0, column: 0, height: 1100, width: 1200, bands: [0, 1, 2, 3, 4] };
  const common = {
    dataset: 'cube',
    stored: 'float32',
    axes: 'bwh',
    shape: [5, 1200, 1100],
    folded: false,
    dtype: 'float32',
  } as const;
  const value = (band: number, row: number, column: number) => band * 1e6 + row * 1e3 + (column % 1000);
  for (const [chunks, expected] of [
    [[2, 1200, 1100], 'bands'],
    [[5, 1200, 3], 'height'],
    [[5, 7, 1100], 'width'],
  ] as const) {
    const cube = { ...common, shape: [5, 1200, 1100] as [number, number, number], chunks: [...chunks] };
    const halves = halvesOf(cube, window);
    t.equal(halves.length, 2);
    const [half] = halves;
    if (half === undefined) return t.fail('no half');
    const sizes = { bands: half.bands.length < 5, height: half.height < 1100, width: half.width < 1200 };
    t.ok(sizes[expected], `by ${expected}`);
    const parts = halves.map((some) => {
      const data = new Float32Array(some.bands.length * some.height * some.width);
      let i = 0;
      for (const band of some.bands)
        for (let row = 0; row < some.height; row++)
          for (let column = 0; column < some.width; column++)
            data[i++] = value(band, some.row + row, some.column + column);
      return data;
    });
    const joined = await joinedHalves(cube, window, halves, parts);
    const wrong = joined.findIndex((found, i) => {
      const [band, row] = [Math.floor(i / 1320000), Math.floor(i / 1200) % 1100];
      return found !== value(band, row, i % 1200);
    });
    t.equal(wrong, -1, `joined by ${expected}`);
  }
  const whole = { ...common, shape: [5, 1200, 1100] as [number, number, number], chunks: [5, 1200, 1100] };
  t.equal(halvesOf(whole, window).length, 1, 'one chunk has no halves');
});

test('equal cubes give equal v7.3 files, without a date', async (t) => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    for (const path of [a, b]) await writeCube(path, cubeOf(Uint8Array.from(ramp), 'uint8'), { format });
    t.ok((await readFile(a)).equals(await readFile(b)));
  });
});

test('an unfinished or wrong v7.3 cube never appears, and what was there stays', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'kept.mat');
    await writeFile(path, 'as it was');
    const plan = cubeOf(Uint16Array.from(ramp), 'uint16');
    const writer = await createCube(path, plan, { format });
    await writer.write(0, 2, Uint16Array.from(ramp.slice(0, bands * 2 * height)));
    await failsWith(t, writer.finish(), 'DATA_INCOMPLETE', /kept\.mat: 2 of 7 columns/);
    await failsWith(t, createCube(path, plan, { format, variable: '1st' }), 'DATA_VARIABLE_NAME', /'1st'/);
    t.equal(await readFile(path, 'utf8'), 'as it was');
    t.same(await readdir(folder), ['kept.mat']);
    const full = writeCube('/dev/full', cubeOf(Uint16Array.from(ramp), 'uint16'), { format });
    await failsWith(t, full, 'RUN_DISK_FULL', /\/dev\/full/);
  });
});

const script = `
import h5py, json, sys
with h5py.File(sys.argv[1], 'r') as f:
    c = f['cube']
    print(json.dumps({
        'block': f.userblock_size, 'shape': c.shape, 'dtype': c.dtype.str, 'class': c.attrs['MATLAB_class'].decode(),
        'fixed': str(c.attrs.get_id('MATLAB_class').dtype), 'filters': [c.compression, c.shuffle], 'chunks': c.chunks,
        'sum': float(c[...].astype('f8').sum()), 'spot': float(c[4, 6, 5]), 'names': sorted(f),
        'waves': f['wavelengths'][:, 0].tolist(), 'note': bytes(f['note'][:, 0].tobytes()).decode('utf-16le'),
        'decode': int(f['note'].attrs['MATLAB_int_decode']), 'empty': int(f['none'].attrs['MATLAB_empty'])}))
`;

test('h5py reads a written v7.3 file as it reads those of MATLAB', async (t) => {
  const python = pythonWith('h5py');
  if (python === null) return t.skip('there is no python3 with h5py');
  await withFolder(async (folder) => {
    for (const [dtype, data] of made.slice(0, 5)) {
      const path = join(folder, `${dtype}.mat`);
      await writeCube(path, cubeOf(data, dtype), { format, notes: { note: 'naïve', none: '' } });
      const seen = JSON.parse(execFileSync(python, ['-c', script, path], { encoding: 'utf8' }));
      const { sum, spot, dtype: kind, class: name, ...rest } = seen;
      t.same([name, kind], [matlabClass[dtype], kindOf[dtype]], dtype);
      t.ok(
        Math.abs(sum - Array.from(data).reduce((total, value) => total + value, 0)) < 1e-3 * Math.abs(sum),
        'sum',
      );
      t.equal(spot, data.at(-1), 'the last value');
      t.same(rest, {
        block: 512,
        shape: [bands, width, height],
        fixed: `|S${matlabClass[dtype].length}`,
        filters: ['gzip', true],
        chunks: [1, width, height],
        names: ['cube', 'none', 'note', 'wavelengths'],
        waves,
        note: 'naïve',
        decode: 2,
        empty: 1,
      });
    }
  });
});

const kindOf: Record<string, string> = {
  uint8: '|u1',
  uint16: '<u2',
  int16: '<i2',
  int32: '<i4',
  float32: '<f4',
};
