import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import test from 'tape';
import type { CubeData, CubeValues } from '../../../../ts/data/cube.js';
import { createCube, readCube, writeCube } from '../../../../ts/data/formats/index.js';
import { failsWith } from '../../failure.js';
import { withFolder } from '../../temporary-folder.js';
import { dtypes, madeCube, sizes } from './stored-bytes.js';

const { bands, height, width } = sizes;

/** NaN is itself here. */
function sameBytes(a: CubeValues, b: CubeValues): boolean {
  return a.constructor === b.constructor && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: CubeValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes a cube some rows at a time. */
async function writeRows(path: string, cube: CubeData, rows: number, options = {}): Promise<void> {
  const { data, ...plan } = cube;
  const writer = await createCube(path, plan, options);
  const plane = height * width;
  for (let start = 0; start < height; start += rows) {
    const count = Math.min(rows, height - start);
    const part = data.slice(0, bands * count * width);
    for (let band = 0; band < bands; band++) {
      const from = band * plane + start * width;
      part.set(data.subarray(from, from + count * width), band * count * width);
    }
    await writer.write(start, count, part);
  }
  await writer.finish();
}

test('an ENVI cube comes back to the bit, whatever its dtype, order of values and the rows at a time', async (t) => {
  await withFolder(async (folder) => {
    for (const dtype of dtypes) {
      for (const interleave of ['bsq', 'bil', 'bip'] as const) {
        for (const rows of [1, 2, height]) {
          const path = join(folder, 'x.hdr');
          const cube = madeCube(dtype);
          await writeRows(path, cube, rows, { interleave });
          const back = await readCube(path);
          t.ok(sameBytes(back.data, cube.data), `${dtype}, ${interleave}, ${rows} rows at a time`);
          t.same([back.dtype, back.wavelengths, back.fullScale], [dtype, cube.wavelengths, 1]);
          t.ok(back.origin.axes?.includes(interleave));
        }
      }
    }
    t.same(await readdir(folder), ['x.hdr', 'x.img'], 'nothing else is left');
  });
});

test('all that is known of a cube is kept in an ENVI header', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.img');
    const cube = madeCube('int16', {
      fullScale: 10000,
      ignoreValue: -9999,
      badBands: [0, 6],
      georeference: {
        x: 500000.25,
        y: 4200000,
        pixelWidth: 2.5,
        pixelHeight: 2,
        rotation: 30,
        epsg: 32733,
        wkt: 'PROJCS["x"]',
      },
      notes: {
        description: 'a {made} scene\n; of two lines',
        fwhm_nm: '1, 2, 3, 4, 5, 6, 7.5',
        band_names: 'a, b',
      },
    });
    await writeCube(path, cube, { notes: { made_by: 'a test, na\u00efve' } });
    const { data, origin, name, notes, georeference, ...back } = await readCube(path);
    const { data: _, origin: __, name: ___, notes: ____, georeference: place, ...facts } = cube;
    t.same(back, facts, 'sizes, type, wavelengths, scale, bad bands, ignored value');
    t.same(data, cube.data);
    t.same([name, basename(origin.file)], ['x', 'x.img']);
    t.same(notes, {
      description: 'a (made) scene\n, of two lines\nband_names: a, b\nmade_by: a test, na\u00efve',
      fwhm_nm: '1, 2, 3, 4, 5, 6, 7.5',
    });
    const { mapInfo, ...found } = georeference ?? { mapInfo: [] };
    t.same(found, place);
    await writeCube(join(folder, 'y.bip'), {
      ...cube,
      ...(georeference === undefined ? {} : { georeference }),
    });
    const again = await readCube(join(folder, 'y.hdr'));
    t.same(again.georeference?.mapInfo, mapInfo, 'map info word for word');
    t.equal(again.origin.axes, '[H, W, B] (bip)', 'the ending says the order');
  });
});

test('header and data file are named after what was asked for', async (t) => {
  await withFolder(async (folder) => {
    const cases: [asked: string, made: string[]][] = [
      ['a.hdr', ['a.hdr', 'a.img']],
      ['b.img', ['b.hdr', 'b.img']],
      ['c.dat', ['c.dat', 'c.hdr']],
      ['d', ['d', 'd.hdr']],
      ['e.v2', ['e.v2', 'e.v2.hdr']],
    ];
    for (const [asked, made] of cases) {
      const own = join(folder, asked);
      await mkdir(own);
      await writeCube(join(own, asked), madeCube('uint8'), { format: 'envi' });
      t.same(await readdir(own), made);
      for (const name of made) t.same((await readCube(join(own, name))).data, madeCube('uint8').data, name);
    }
  });
});

test('a .npy comes back to the bit, whatever its dtype and the rows at a time', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npy');
    for (const dtype of dtypes) {
      for (const rows of [1, 2, height]) {
        const cube = madeCube(dtype);
        await writeRows(path, cube, rows);
        const back = await readCube(path, { axes: 'hwb' });
        t.ok(sameBytes(back.data, cube.data), `${dtype}, ${rows} rows at a time`);
        t.equal(back.dtype, dtype);
      }
    }
    const head = await readFile(path);
    t.equal(head.indexOf('\n') % 64, 63, 'values start at a multiple of 64');
  });
});

test('a .npz comes back to the bit with its wavelengths', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npz');
    for (const dtype of dtypes) {
      for (const rows of [1, 2, height]) {
        const cube = madeCube(dtype);
        await writeRows(path, cube, rows, { variable: 'rad' });
        const back = await readCube(path);
        t.ok(sameBytes(back.data, cube.data), `${dtype}, ${rows} rows at a time`);
        t.same([back.dtype, back.wavelengths, back.origin.variable], [dtype, cube.wavelengths, 'rad']);
      }
    }
    const first = await readFile(path);
    await writeRows(path, madeCube('float64'), 1, { variable: 'rad' });
    t.ok(first.equals(await readFile(path)), 'equal cubes give equal files');
    for (const variable of ['../x', '', 'wavelengths'])
      await failsWith(t, writeCube(path, madeCube('uint8'), { variable }), 'DATA_VARIABLE_NAME', /x\.npz/);
    await writeCube(path, madeCube('uint8', { wavelengths: null }));
    t.equal((await readCube(path, { axes: 'hwb' })).wavelengths, null, 'without wavelengths');
  });
});

test('an unfinished cube never appears, and what was there stays', async (t) => {
  await withFolder(async (folder) => {
    for (const [asked, made] of [
      ['x.hdr', ['x.hdr', 'x.img']],
      ['x.npy', ['x.npy']],
      ['x.npz', ['x.npz']],
    ] as const) {
      for (const name of made) await writeFile(join(folder, name), 'as it was');
      const path = join(folder, asked);
      const { data: _, ...plan } = madeCube('uint8');
      const writer = await createCube(path, plan);
      await writer.write(0, 2, new Uint8Array(bands * 2 * width));
      await failsWith(t, writer.write(3, 1, new Uint8Array(bands * width)), 'DATA_BLOCK', /x\.(img|npy|npz)/);
      await failsWith(t, writer.finish(), 'DATA_INCOMPLETE', /2 of 5 rows/);
      const second = await createCube(path, plan);
      await failsWith(t, second.write(0, 1, new Float32Array(bands * width)), 'DATA_TYPE', /float32/);
      await second.abort();
      for (const name of made) t.equal(await readFile(join(folder, name), 'utf8'), 'as it was', name);
    }
    t.same(await readdir(folder), ['x.hdr', 'x.img', 'x.npy', 'x.npz'], 'no temporary is left');
    await mkdir(join(folder, 'taken.hdr'));
    const { data: _, ...plan } = madeCube('uint8');
    await failsWith(t, createCube(join(folder, 'taken.hdr'), plan), 'DATA_WRITE', /taken\.hdr.*folder/);
    t.notOk(
      (await readdir(folder)).some((name) => name.startsWith('.')),
      'nothing is left of the data file',
    );
  });
});

test('a full disk is named, and leaves no file', async (t) => {
  const { data: _, ...plan } = madeCube('uint8');
  await failsWith(
    t,
    createCube('/dev/full', plan, { format: 'npy' }),
    'RUN_DISK_FULL',
    /\/dev\/full: the disk is full/,
  );
  await failsWith(t, createCube('/proc/x/y.hdr', plan), 'DATA_WRITE', /\/proc\/x\/y\.img/);
});
