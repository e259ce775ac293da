import { mkdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { stridesOf } from '../../../../../ts/data/formats/envi/envi-facts.js';
import { cubeInfo, formatOf, openCube, readCube } from '../../../../../ts/data/formats/index.js';
import { dtypeOfStored, type StoredType } from '../../../../../ts/data/formats/stored-types.js';
import { failsWith } from '../../../failure.js';
import { withFolder } from '../../../temporary-folder.js';
import { ramp, sizes, storedRamp } from '../stored-bytes.js';

const codes = {
  uint8: 1,
  int16: 2,
  int32: 3,
  float32: 4,
  float64: 5,
  uint16: 12,
  uint32: 13,
  int64: 14,
  uint64: 15,
} as const;
const needed = {
  samples: sizes.width,
  lines: sizes.height,
  bands: sizes.bands,
  'data type': 1,
  interleave: 'bsq',
};
const plain = storedRamp(stridesOf('bsq', sizes), 'uint8', true);

function headerOf(fields: Record<string, string | number | undefined>): string {
  const all = Object.entries({ ...needed, ...fields }).filter(([, value]) => value !== undefined);
  return ['ENVI', ...all.map(([key, value]) => `${key} = ${value}`), ''].join('\n');
}

/** A header and its data file in a new folder. @returns the header. */
async function make(
  folder: string,
  fields: Record<string, string | number | undefined>,
  data: Uint8Array = plain,
  names: [header: string, data: string] = ['x.hdr', 'x.img'],
): Promise<string> {
  const [header, values] = names.map((name) => join(folder, name));
  await writeFile(header ?? '', headerOf(fields));
  await writeFile(values ?? '', data);
  return header ?? '';
}

test('an ENVI cube of every type, order of values and byte order has the values that were put there', async (t) => {
  await withFolder(async (folder) => {
    for (const [type, code] of Object.entries(codes) as [StoredType, number][]) {
      for (const interleave of ['bsq', 'bil', 'bip'] as const) {
        for (const order of [0, 1]) {
          const bytes = storedRamp(stridesOf(interleave, sizes), type, order === 0);
          const fields = {
            'data type': code,
            interleave: interleave.toUpperCase(),
            'byte order': order,
            'header offset': 5,
          };
          const header = await make(
            folder,
            fields,
            Buffer.concat([Buffer.alloc(5, 255), bytes, Buffer.alloc(3)]),
          );
          const cube = await readCube(header);
          t.same(Array.from(cube.data), ramp, `${type}, ${interleave}, byte order ${order}`);
          t.equal(cube.dtype, dtypeOfStored(type));
        }
      }
    }
  });
});

test('header and data file are found by each other, whichever is named', async (t) => {
  await withFolder(async (folder) => {
    const pairs: [string, string][] = [
      ['a.hdr', 'a'],
      ['b.hdr', 'b.dat'],
      ['c.img.hdr', 'c.img'],
      ['D.HDR', 'd.RAW'],
      ['e.v2.hdr', 'e.v2.bip'],
      ['f.tif.hdr', 'f.tif'],
      ['g.hdr', 'g.bin'],
    ];
    for (const [i, pair] of pairs.entries()) {
      const own = join(folder, String(i));
      await mkdir(own);
      await make(own, {}, plain, pair);
      for (const name of pair) {
        const cube = await readCube(join(own, name));
        t.same(Array.from(cube.data), ramp, `${pair.join(' and ')}, by ${name}`);
        t.equal(cube.origin.file, join(own, pair[1]), 'the data file is the origin');
      }
    }
    const header = await make(folder, { 'data file': 'elsewhere.values' }, plain, [
      'x.hdr',
      'elsewhere.values',
    ]);
    t.same(Array.from((await readCube(header)).data), ramp, "by the header's own word");
  });
});

test('data files that are missing, several, or foreign are told', async (t) => {
  await withFolder(async (folder) => {
    const header = await make(folder, {});
    await writeFile(join(folder, 'x.dat'), Buffer.alloc(10));
    t.equal((await cubeInfo(header)).origin.file, join(folder, 'x.img'), 'only one has the right size');
    await writeFile(join(folder, 'x.dat'), plain);
    await failsWith(t, readCube(header), 'DATA_VARIABLE_AMBIGUOUS', /x\.img.*x\.dat.*name the data file/);
    t.same(Array.from((await readCube(join(folder, 'x.dat'))).data), ramp);
    await writeFile(join(folder, 'alone.hdr'), headerOf({}));
    await failsWith(t, readCube(join(folder, 'alone.hdr')), 'DATA_MISSING', /alone\.hdr.*alone\.img/);
    await writeFile(join(folder, 'x.hdr'), 'NROWS 5\n');
    await failsWith(t, readCube(join(folder, 'x.img')), 'DATA_FORMAT', /x\.hdr.*first line/);
    t.equal(await formatOf(join(folder, 'x.hdr')), null, 'a header of another kind is none of ours');
    await writeFile(join(folder, 'x.hdr'), `ENVI\n${' '.repeat((1 << 24) + 1)}`);
    await failsWith(t, readCube(join(folder, 'x.img')), 'DATA_DAMAGED', /too many for an ENVI header/);
    await rename(join(folder, 'x.img'), join(folder, 'lone.img'));
    await failsWith(t, readCube(join(folder, 'lone.img')), 'DATA_FORMAT', /lone\.img/);
  });
});

test('what a header says of the cube is told', async (t) => {
  await withFolder(async (folder) => {
    const header = await make(folder, {
      description: '{a scene}',
      'wavelength units': 'Micrometers',
      wavelength: '{0.41, 0.42, 0.57, 0.58, 0.7, 1.1, 2.5}',
      fwhm: '{0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.02}',
      bbl: '{1, 0, 1, 1, 1, 1.0, 0}',
      'reflectance scale factor': '10000.0',
      'data ignore value': '-9999',
      'data gain values': '{2,2,2,2,2,2,2}',
      'band names': '{a,b, c,d,e,f,g}',
      'map info': '{UTM, 1.000, 1.000, 500000.0, 4200000.0, 2.5, 2.5, 33, South, WGS-84, units=Meters}',
      'coordinate system string': '{PROJCS["x",GEOGCS["y"]]}',
    });
    const info = await cubeInfo(header);
    t.same(info.wavelengths, [410, 420, 570, 580, 700, 1100, 2500]);
    t.same([info.badBands, info.fullScale, info.ignoreValue], [[1, 6], 10000, -9999]);
    t.same(info.notes, {
      description: 'a scene',
      band_names: 'a, b, c, d, e, f, g',
      data_gain_values_not_applied: '2, 2, 2, 2, 2, 2, 2',
      fwhm_nm: '10, 10, 10, 10, 10, 10, 20',
    });
    const { mapInfo, ...place } = info.georeference ?? { mapInfo: [] };
    t.same(place, {
      x: 500000,
      y: 4200000,
      pixelWidth: 2.5,
      pixelHeight: 2.5,
      epsg: 32733,
      wkt: 'PROJCS["x",GEOGCS["y"]]',
    });
    t.equal(mapInfo?.[0], 'UTM');
    t.equal(info.origin.axes, '[B, H, W] (bsq)');
    const overridden = await cubeInfo(header, { fullScale: 5, wavelengths: [1, 2, 3, 4, 5, 6, 7] });
    t.same([overridden.fullScale, overridden.wavelengths], [5, [1, 2, 3, 4, 5, 6, 7]], 'options win');
    await failsWith(t, cubeInfo(header, { wavelengths: [1] }), 'DATA_WAVELENGTHS', /7 bands, 1/);
  });
});

test('units of wavelengths are honoured, guessed by size where there are none, and never made up', async (t) => {
  await withFolder(async (folder) => {
    const micro = '{0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1}';
    const cases: [
      units: string | undefined,
      wavelength: string,
      first: number | undefined,
      note: RegExp | null,
    ][] = [
      ['Nanometers', '{400, 401, 402, 403, 404, 405, 406}', 400, null],
      ['nm', '{400, 401, 402, 403, 404, 405, 406}', 400, null],
      ['\u00b5m', micro, 400, null],
      [undefined, micro, 400, null],
      ['Unknown', '{400, 401, 402, 403, 404, 405, 406}', 400, null],
      ['Index', '{1, 2, 3, 4, 5, 6, 7}', undefined, /unknown units/],
      ['Wavenumber', '{9000, 8000, 7000, 6000, 5000, 4000, 3000}', undefined, /in Wavenumber/],
      ['GHz', '{1, 2, 3, 4, 5, 6, 7}', undefined, /in GHz/],
      ['Nanometers', '{400, 500}', undefined, /2 values for 7 bands/],
      ['Nanometers', '{400, 500, x, 1, 1, 1, 1}', undefined, /not all/],
      ['Nanometers', '', undefined, null],
    ];
    for (const [units, wavelength, first, note] of cases) {
      const info = await cubeInfo(await make(folder, { 'wavelength units': units, wavelength }));
      t.equal(info.wavelengths?.[0], first, `${units}: ${wavelength}`);
      const said = info.notes?.wavelengths_not_read;
      t.ok(note === null ? said === undefined : note.test(said ?? ''), String(said));
    }
  });
});

test('headers that cannot be followed are refused by name', async (t) => {
  await withFolder(async (folder) => {
    const cases: [Record<string, string | number | undefined>, string, RegExp][] = [
      [{ 'data type': 6 }, 'DATA_TYPE', /complex numbers \(2 x float32\)/],
      [{ 'data type': 9 }, 'DATA_TYPE', /complex/],
      [{ 'data type': 7 }, 'DATA_TYPE', /data type 7 is not known.*12 \(uint16\)/],
      [{ 'data type': undefined }, 'DATA_DAMAGED', /'data type' is missing/],
      [{ samples: -3 }, 'DATA_DAMAGED', /'samples' is '-3'/],
      [{ interleave: 'tiled' }, 'DATA_DAMAGED', /'interleave' is 'tiled'/],
      [{ interleave: undefined }, 'DATA_DAMAGED', /'interleave' is missing/],
      [{ 'byte order': 2 }, 'DATA_DAMAGED', /'byte order' is 2/],
      [{ 'file type': 'ENVI Spectral Library' }, 'DATA_UNSUPPORTED', /spectral library/],
      [{ 'file compression': 1 }, 'DATA_UNSUPPORTED', /compressed/],
      [{ 'major frame offsets': '{0, 12}' }, 'DATA_UNSUPPORTED', /major frame/],
      [{ lines: 0 }, 'DATA_EMPTY', /7 bands of 0 x 6/],
      [{ lines: 6 }, 'DATA_TRUNCATED', /x\.img.*take 252 bytes, the file has 210/],
      [{ 'header offset': 1 }, 'DATA_TRUNCATED', /from byte 1 take 211/],
      [{ lines: 999999999999999, bands: 999999999999999 }, 'DATA_TRUNCATED', /the file has 210/],
    ];
    for (const [fields, code, culprit] of cases) {
      await failsWith(t, openCube(await make(folder, fields)), code, culprit);
    }
    const many = await make(folder, { bands: 3_000_000, lines: 1, samples: 1 });
    await truncate(join(folder, 'x.img'), 4_000_000);
    await failsWith(t, openCube(many), 'DATA_UNSUPPORTED', /more than 100000 bands/);
  });
});

test('rows of a wide cube by row are read each into its place', async (t) => {
  await withFolder(async (folder) => {
    const [bands, height, width] = [3, 500, 300];
    const values = Uint16Array.from({ length: bands * height * width }, (_, i) => (i * 7) % 65536);
    const fields = { bands, lines: height, samples: width, 'data type': 12, interleave: 'bil' };
    const header = await make(folder, fields, new Uint8Array(values.buffer));
    const expected = (from: number, count: number) =>
      Uint16Array.from({ length: bands * count * width }, (_, i) => {
        const [band, row] = [Math.floor(i / width / count), from + (Math.floor(i / width) % count)];
        return values[(row * bands + band) * width + (i % width)] ?? 0;
      });
    const reader = await openCube(header);
    t.same(await reader.read(), expected(0, height), 'the whole, in several reads');
    t.same(await reader.read({ row: 7, height: 2 }), expected(7, 2), 'two rows');
    const [last] = [expected(0, height).slice(2 * height * width)];
    t.same(await reader.read({ bands: [2] }), last, 'a band alone, copied');
    await truncate(join(folder, 'x.img'), 1000);
    await failsWith(t, reader.read(), 'DATA_TRUNCATED', /x\.img/);
    await reader.close();
  });
});
