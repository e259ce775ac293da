import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import type { CubeData, CubeValues } from '../../../../../ts/data/cube.js';
import { createCube, formatOf, openCube, readCube, writeCube } from '../../../../../ts/data/formats/index.js';
import { tiffDirectory, tiffHeader } from '../../../../../ts/data/formats/tiff/tiff-directory-writer.js';
import { failsWith } from '../../../failure.js';
import { pythonWith } from '../../../python.js';
import { withFolder } from '../../../temporary-folder.js';

const [bands, height, width] = [5, 6, 7];
const ramp = Array.from({ length: bands * height * width }, (_, i) => i);
const waves = [400, 450.5, 500, 550, 600];
const origin = { file: 'made', format: 'test' };

function cubeOf(data: CubeValues, dtype: CubeData['dtype'], more: Partial<CubeData> = {}): CubeData {
  return {
    data,
    dtype,
    bands,
    height,
    width,
    wavelengths: waves,
    fullScale: 1,
    name: 'made',
    origin,
    ...more,
  };
}

const made: [dtype: CubeData['dtype'], data: CubeValues][] = [
  ['uint8', Uint8Array.from(ramp)],
  ['uint16', Uint16Array.from(ramp, (v) => (v * 9973) & 0xffff)],
  ['int16', Int16Array.from(ramp, (v) => v * 311 - 30000)],
  ['int32', Int32Array.from(ramp, (v) => v * 10000019 - 2147483648)],
  ['float32', Float32Array.from(ramp, (v) => v / 7)],
  ['float64', Float64Array.from(ramp, (v) => (v === 3 ? Number.NaN : -v / 7))],
];

function sameBytes(a: CubeValues, b: CubeValues): boolean {
  return Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;
}

test('a cube written as TIFF comes back equal, whatever its dtype', async (t) => {
  await withFolder(async (folder) => {
    for (const [dtype, data] of made) {
      const path = join(folder, `${dtype}.tif`);
      const notes = { 'made by': 'a <test> & "more", naïve' };
      await writeCube(path, cubeOf(data, dtype), { notes });
      t.equal((await formatOf(path))?.id, 'tiff');
      const back = await readCube(path);
      t.equal(back.dtype, dtype);
      t.ok(sameBytes(back.data, data), `${dtype}: values`);
      t.same([back.bands, back.height, back.width], [bands, height, width]);
      t.same([back.wavelengths, back.notes], [waves, notes]);
    }
  });
});

test('place, ignored value and bad bands of a cube come back', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'placed.tiff');
    const place = { x: 500, y: 900.5, pixelWidth: 2, pixelHeight: 4, epsg: 32633, wkt: null };
    const facts = { ignoreValue: -9999, badBands: [1, 4] };
    const plan = cubeOf(Int16Array.from(ramp), 'int16', { ...facts, georeference: place });
    await writeCube(path, plan);
    const back = await readCube(path);
    t.same([back.ignoreValue, back.badBands], [facts.ignoreValue, facts.badBands]);
    t.same(back.georeference, { ...place, geoKeys: { 1024: 1, 1025: 1, 3072: 32633 } });
    const again = join(folder, 'again.tif');
    await writeCube(again, back);
    t.same((await readCube(again)).georeference, back.georeference, 'keys are kept');
    const turned = { ...place, rotation: 30, geoKeys: { 1024: 1, 1025: 1, 1026: 'somewhere', 3082: 1e6 } };
    await writeCube(path, { ...plan, georeference: turned });
    const found = (await readCube(path)).georeference;
    t.ok(Math.abs((found?.rotation ?? 0) - 30) < 1e-9, 'turned by 30 degrees');
    t.same([found?.geoKeys, found?.x, found?.y, found?.epsg], [turned.geoKeys, 500, 900.5, null]);
    await writeCube(path, { ...plan, georeference: { ...place, epsg: 4326 } });
    t.equal((await readCube(path)).georeference?.epsg, 4326, 'degrees');
  });
});

test('a TIFF of many strips comes back equal, in windows too', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'strips.tif');
    const sizes = { bands: 6, height: 300, width: 1100 };
    const data = Float32Array.from({ length: 6 * 300 * 1100 }, (_, i) => (i * 7919) % 1009);
    const plan = { ...cubeOf(data, 'float32', sizes), wavelengths: null };
    const writer = await createCube(path, plan);
    for (let row = 0; row < 300; row += 47) {
      const count = Math.min(47, 300 - row);
      const part = new Float32Array(6 * count * 1100);
      for (let band = 0; band < 6; band++) {
        const from = (band * 300 + row) * 1100;
        part.set(data.subarray(from, from + count * 1100), band * count * 1100);
      }
      await writer.write(row, count, part);
    }
    await writer.finish();
    const reader = await openCube(path);
    t.ok(sameBytes(await reader.read(), data), 'all of it');
    const window = await reader.read({ row: 200, height: 70, column: 1000, width: 3, bands: [5] });
    const wanted = Array.from(
      window,
      (_, i) => data[(5 * 300 + 200 + Math.floor(i / 3)) * 1100 + 1000 + (i % 3)],
    );
    t.same(Array.from(window), wanted);
    await reader.close();
  });
});

test('a directory of BigTIFF is read as one of TIFF', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'big.tif');
    const values = Uint8Array.from({ length: 5 * 4 }, (_, i) => i);
    const tags = [
      { tag: 256, type: 'long', values: [2] },
      { tag: 257, type: 'long', values: [2] },
      { tag: 258, type: 'short', values: [8, 8, 8, 8, 8] },
      { tag: 273, type: 'offset', values: [16, 20, 24, 28, 32] },
      { tag: 277, type: 'short', values: [5] },
      { tag: 279, type: 'offset', values: [4, 4, 4, 4, 4] },
      { tag: 284, type: 'short', values: [2] },
      { tag: 270, type: 'text', text: '{"wavelengths": [400, 500, 600, 700, 800]}' },
    ] as const;
    const bytes = Buffer.concat([
      tiffHeader(40, true),
      values,
      Buffer.alloc(4),
      tiffDirectory(tags, 40, true),
    ]);
    await writeFile(path, bytes);
    const cube = await readCube(path);
    t.same([cube.data, cube.wavelengths], [values, [400, 500, 600, 700, 800]]);
  });
});

test('an unfinished or wrong TIFF never appears, and equal cubes give equal files', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'kept.tif');
    await writeFile(path, 'as it was');
    const plan = cubeOf(Uint16Array.from(ramp), 'uint16');
    const writer = await createCube(path, plan);
    await writer.write(0, 2, Uint16Array.from(ramp.slice(0, bands * 2 * width)));
    await failsWith(t, writer.finish(), 'DATA_INCOMPLETE', /kept\.tif: 2 of 6 rows/);
    await failsWith(t, createCube(path, { ...plan, height: 0 }), 'DATA_EMPTY', /kept\.tif/);
    await failsWith(
      t,
      createCube(path, { ...plan, wavelengths: null, bands: 70_000 }),
      'DATA_TOO_LARGE',
      /70000 bands/,
    );
    t.equal(await readFile(path, 'utf8'), 'as it was');
    t.same(await readdir(folder), ['kept.tif']);
    await failsWith(t, writeCube('/dev/full', plan, { format: 'tiff' }), 'RUN_DISK_FULL', /\/dev\/full/);
    for (const name of ['a.tif', 'b.tif']) await writeCube(join(folder, name), plan);
    t.ok((await readFile(join(folder, 'a.tif'))).equals(await readFile(join(folder, 'b.tif'))));
  });
});

const script = `
import json, sys, tifffile
with tifffile.TiffFile(sys.argv[1]) as f:
    page = f.pages[0]
    a = page.asarray()
    g = page.geotiff_tags or {}
    print(json.dumps({
        'pages': len(f.pages), 'shape': a.shape, 'dtype': str(a.dtype), 'values': a.astype('f8').ravel().tolist(),
        'planar': int(page.planarconfig), 'scale': list(g['ModelPixelScale']), 'epsg': int(g['ProjectedCSTypeGeoKey']),
        'nodata': page.nodata}))
`;

test('tifffile reads a written TIFF', async (t) => {
  const python = pythonWith('tifffile');
  if (python === null) return t.skip('there is no python3 with tifffile');
  await withFolder(async (folder) => {
    for (const [dtype, data] of made.slice(0, 5)) {
      const path = join(folder, `${dtype}.tif`);
      const place = { x: 500, y: 900, pixelWidth: 2, pixelHeight: 4, epsg: 32633, wkt: null };
      await writeCube(path, cubeOf(data, dtype, { georeference: place, ignoreValue: 7 }));
      const seen = JSON.parse(execFileSync(python, ['-c', script, path], { encoding: 'utf8' }));
      const { values, ...rest } = seen;
      t.same(values, Array.from(data), `${dtype}: values`);
      t.same(rest, {
        pages: 1,
        shape: [bands, height, width],
        dtype,
        planar: 2,
        scale: [2, 4, 0],
        epsg: 32633,
        nodata: 7,
      });
    }
  });
});
