import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CubeData, CubeValues } from '../../../../../ts/data/cube.js';
import { readCube, writeCube } from '../../../../../ts/data/formats/index.js';
import { MatCubeWriter } from '../../../../../ts/data/formats/mat/mat5-writer.js';
import { failsWith } from '../../../failure.js';
import { withFolder } from '../../../temporary-folder.js';

const [bands, height, width] = [5, 6, 7];
const ramp = Array.from({ length: bands * height * width }, (_, i) => i);
const waves = [400, 450, 500, 550, 600];

function cubeOf(data: CubeValues, dtype: CubeData['dtype']): CubeData {
  const origin = { file: 'made', format: 'test' };
  return { data, dtype, bands, height, width, wavelengths: waves, fullScale: 1, name: 'made', origin };
}

const arrays: CubeValues[] = [
  Uint8Array.from(ramp),
  Uint16Array.from(ramp, (v) => v * 300),
  Int16Array.from(ramp, (v) => v - 100),
  Int32Array.from(ramp, (v) => v * 100000),
  Float32Array.from(ramp, (v) => v / 7),
  Float64Array.from(ramp, (v) => v / 7),
];
const dtypes = ['uint8', 'uint16', 'int16', 'int32', 'float32', 'float64'] as const;

test('a cube written to .mat comes back equal, whatever its dtype', async (t) => {
  await withFolder(async (folder) => {
    for (const [i, dtype] of dtypes.entries()) {
      const path = join(folder, `${dtype}.mat`);
      const data = arrays[i] ?? new Uint8Array();
      await writeCube(path, cubeOf(data, dtype), { variable: 'rad', notes: { made_by: 'a test, naïve' } });
      const back = await readCube(path);
      t.equal(back.dtype, dtype);
      t.same(back.data, data, 'values');
      t.same(back.wavelengths, waves, 'wavelengths');
      t.equal(back.origin.variable, 'rad');
      t.same([back.bands, back.height, back.width], [bands, height, width]);
    }
  });
});

test('equal cubes give equal files, without a date', async (t) => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, 'a.mat'), join(folder, 'b.mat')];
    for (const path of [a, b]) await writeCube(path, cubeOf(Uint8Array.from(ramp), 'uint8'));
    t.ok((await readFile(a)).equals(await readFile(b)));
  });
});

/** The values of a block of the ramp, band-major. */
function cut(row: number, column: number, tall: number, wide: number): Uint16Array {
  const block: number[] = [];
  for (let band = 0; band < bands; band++) {
    for (let y = row; y < row + tall; y++) {
      for (let x = column; x < column + wide; x++) block.push((band * height + y) * width + x);
    }
  }
  return Uint16Array.from(block);
}

test('a cube written in blocks, in any order, equals one written whole', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'blocks.mat');
    const writer = await MatCubeWriter.create(path, {
      bands,
      height,
      width,
      dtype: 'uint16',
      wavelengths: waves,
    });
    t.same(
      await readdir(folder).then((names) => names.filter((name) => !name.endsWith('.tmp'))),
      [],
      'not there yet',
    );
    for (const [row, column, tall, wide] of [
      [4, 3, 2, 4],
      [0, 0, 6, 3],
      [0, 3, 4, 4],
    ] as const) {
      await writer.writeBlock({ row, column, height: tall, width: wide }, cut(row, column, tall, wide));
    }
    await writer.finish();
    t.same((await readCube(path)).data, Uint16Array.from(ramp));
    t.same(await readdir(folder), ['blocks.mat'], 'nothing else is left');
    const single = await MatCubeWriter.create(join(folder, 'bands.mat'), {
      bands,
      height,
      width,
      dtype: 'uint16',
    });
    const plane = height * width;
    for (let band = bands - 1; band >= 0; band--) {
      const values = Uint16Array.from(ramp.slice(band * plane, (band + 1) * plane));
      await single.writeBlock({ row: 0, column: 0, height, width, band, bands: 1 }, values);
    }
    await single.finish();
    t.same((await readCube(join(folder, 'bands.mat'))).data, Uint16Array.from(ramp), 'band by band');
  });
});

test('an unfinished or wrong cube never appears, and what was there stays', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'kept.mat');
    await writeFile(path, 'as it was');
    const plan = { bands, height, width, dtype: 'uint16' } as const;
    const writer = await MatCubeWriter.create(path, plan);
    await writer.writeBlock({ row: 0, column: 0, height, width: 3 }, cut(0, 0, height, 3));
    await failsWith(t, writer.finish(), 'DATA_INCOMPLETE', /90 of 210 values/);
    const second = await MatCubeWriter.create(path, plan);
    await failsWith(
      t,
      second.writeBlock({ row: 4, column: 0, height: 3, width: 3 }, cut(0, 0, 3, 3)),
      'DATA_BLOCK',
      /5x3x3 at band 0, row 4, column 0/,
    );
    await failsWith(
      t,
      second.writeBlock({ row: 0, column: 0, height, width }, Float32Array.from(ramp)),
      'DATA_TYPE',
      /float32 for a cube of uint16/,
    );
    await second.abort();
    t.equal(await readFile(path, 'utf8'), 'as it was');
    t.same(await readdir(folder), ['kept.mat']);
  });
});

test('what cannot be written is refused before anything is', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.mat');
    const big = { bands: 31, height: 8192, width: 8192, dtype: 'float32' } as const;
    await failsWith(t, MatCubeWriter.create(path, big), 'DATA_TOO_LARGE', /7\.8 GiB.*v7\.3.*ENVI/);
    const plan = { bands, height, width, dtype: 'uint8' } as const;
    await failsWith(
      t,
      MatCubeWriter.create(path, { ...plan, variable: '1st' }),
      'DATA_VARIABLE_NAME',
      /'1st'/,
    );
    await failsWith(
      t,
      MatCubeWriter.create(path, { ...plan, wavelengths: [1, 2] }),
      'DATA_WAVELENGTHS',
      /2 wave.*5 bands/,
    );
    t.same(await readdir(folder), []);
    await failsWith(t, MatCubeWriter.create('/proc/x/y.mat', plan), 'DATA_WRITE', /\/proc\/x\/y\.mat/);
    await failsWith(
      t,
      writeCube(join(folder, 'x.xyz'), cubeOf(Uint8Array.from(ramp), 'uint8')),
      'DATA_FORMAT',
      /x\.xyz/,
    );
  });
});

test('a full disk is named, and leaves no file', async (t) => {
  const writer = MatCubeWriter.create('/dev/full', { bands, height, width, dtype: 'uint8' });
  await failsWith(t, writer, 'RUN_DISK_FULL', /\/dev\/full: the disk is full/);
});
