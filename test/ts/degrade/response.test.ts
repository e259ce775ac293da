import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  bandWidths,
  type CameraResponse,
  cameraResponse,
  readResponseCsv,
  resampleResponse,
  responseFor,
  responseFromRecord,
  responseNames,
  responseRecord,
  responseTables,
} from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';
import { readResponseMatrix } from '../../../ts/degrade/response-matrix.js';
import { writeMatArrays } from '../../../ts/data/index.js';
import { sharedFolder } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

const usual = Array.from({ length: 31 }, (_, i) => 400 + 10 * i);

function columnSums({ table }: CameraResponse): number[] {
  return [0, 1, 2].map((channel) =>
    table.reduce((sum, value, i) => (i % 3 === channel ? sum + value : sum), 0),
  );
}

test('the CIE 1964 response at the usual bands is the published one with its gain', async (t) => {
  const response = resampleResponse(await cameraResponse(), usual);
  t.ok(
    columnSums(response).every((sum) => Math.abs(sum - 255) < 1e-9),
    'columns sum to 255',
  );
  // Rows of the NTIRE scoring code's cie_1964_w_gain.npz at 400, 550 and 700 nm.
  const rows: [band: number, values: number[]][] = [
    [0, [0.41817228817366264, 0.0438328465601226, 1.8821318382719243]],
    [15, [11.59403605257534, 21.688139960743243, 0.08726733205940683]],
    [30, [0.20956822049349733, 0.08130070194094503, 0]],
  ];
  for (const [band, values] of rows) {
    const found = response.table.slice(band * 3, band * 3 + 3);
    t.ok(
      values.every((value, i) => Math.abs(value - (found[i] ?? 0)) < 1e-12),
      `${400 + 10 * band} nm: ${found.join(', ')}`,
    );
  }
  const again = resampleResponse(response, usual);
  t.same(again.table, response.table, 'at its own wavelengths a table keeps its bits');
});

test('the tables are listed with source and licence', async (t) => {
  t.same(responseNames, ['cie1964', 'cie1931', 'nikon-d40', 'nikon-d700']);
  t.same(
    responseTables().map(({ name, from, to, step }) => [name, from, to, step]),
    [
      ['cie1964', 360, 830, 10],
      ['cie1931', 360, 780, 10],
      ['nikon-d40', 400, 700, 10],
      ['nikon-d700', 400, 700, 10],
    ],
  );
  for (const { name, title, source, licence } of responseTables()) {
    t.ok(title && source && licence, name);
    const response = await cameraResponse(name);
    t.ok(
      columnSums(response).every((sum) => Math.abs(sum - 255) < 1e-9),
      `${name}: columns sum to 255`,
    );
    t.equal(response.table.length, 3 * response.wavelengths.length);
  }
});

test('the tables of cameras equal the files that they come from', async (t) => {
  for (const [name, file] of [
    ['nikon-d40', 'nikon_d40_10nm_w_gain'],
    ['nikon-d700', 'nikon_d700_10nm'],
  ] as const) {
    const path = sharedFolder('data', 'pack', 'srf', `${file}.csv`);
    if (path === null) return t.skip('the folder ../shared/data/pack is not there');
    t.same((await cameraResponse(name)).table, (await cameraResponse(path)).table, name);
  }
});

test('the whole table equals the file of the scoring code', async (t) => {
  const file = sharedFolder('data', 'pack', 'srf', 'cie_1964_10nm_w_gain.csv');
  if (file === null) return t.skip('the folder ../shared/data/pack is not there');
  const published = await readResponseCsv(file);
  const ours = resampleResponse(await cameraResponse('cie1964'), usual);
  t.ok(published.table.every((value, i) => Math.abs(value - (ours.table[i] ?? 0)) < 1e-12));
  for (const name of ['nikon_d40_10nm_w_gain', 'RGB_Camera_QE', 'CIE_xyz_1964_10deg', 'canon_600d_10nm']) {
    const response = await cameraResponse(join(file, '..', `${name}.csv`));
    t.ok(
      columnSums(resampleResponse(response, usual)).every((sum) => Math.abs(sum - 255) < 1e-9),
      name,
    );
  }
});

test('a flat spectrum gives white at any bands', async (t) => {
  const response = await cameraResponse();
  const bands = [
    [400, 450, 500, 550, 600, 650, 700],
    usual.map((nm) => nm + 3.7),
    [700, 400, 500, 600, 450, 650, 550, 425],
  ];
  for (const wavelengths of bands) {
    const { table } = resampleResponse(response, wavelengths);
    t.ok(
      columnSums({ ...response, table }).every((sum) => Math.abs(sum - 255) < 1e-9),
      `${wavelengths.length} bands`,
    );
  }
});

test('bands that lie closer together count less', async (t) => {
  t.same(bandWidths([400, 410, 420]), [10, 10, 10]);
  t.same(bandWidths([420, 400, 410]), [10, 10, 10], 'in any order');
  t.same(bandWidths([400, 410, 440]), [10, 20, 30]);
  t.same(bandWidths([500]), [1]);
  const even = resampleResponse(await cameraResponse(), [400, 450, 500, 550, 600, 650, 700]);
  const doubled = resampleResponse(await cameraResponse(), [400, 450, 500, 549.5, 550.5, 600, 650, 700]);
  const green = (row: number, { table }: CameraResponse) => table[row * 3 + 1] ?? 0;
  const together = green(3, doubled) + green(4, doubled);
  t.ok(Math.abs(together - green(3, even)) / green(3, even) < 0.05, `${together} beside ${green(3, even)}`);
});

test('bands that miss a channel are refused, and so are unknown ones', async (t) => {
  const response = await cameraResponse();
  t.throws(
    () => resampleResponse(response, [700, 800, 900, 1000]),
    /700 to 1000 nm\) cover 5 % of channel R.*cie1964/,
  );
  t.throws(() => resampleResponse(response, [500, 550, 600, 650]), /of channel B/);
  t.throws(
    () => resampleResponse(response, [900, 950, 1000]),
    /900 to 1000 nm.*'cie1964' \(360 to 830 nm\) do not overlap/,
  );
  t.throws(
    () => resampleResponse(response, [250, 260, 270]),
    /250 to 270 nm.*'cie1964' \(360 to 830 nm\) do not overlap/,
  );
  t.throws(() => resampleResponse(response, [340, 850]), /340 to 850 nm\) miss channel R of .*360 to 830 nm/);
  const cube = { name: 'scene', bands: 102, wavelengths: null };
  t.throws(() => responseFor(response, cube), /scene: 102 bands of unknown wavelength/);
  t.same(
    responseFor(response, { ...cube, bands: 31 }).wavelengths,
    usual,
    "31 bands are taken to be the field's",
  );
  t.same(
    responseFor(response, { ...cube, bands: 3, wavelengths: [450, 550, 620] }).wavelengths,
    [450, 550, 620],
  );
  await failsWith(t, cameraResponse('nikon'), 'CONFIG_VALUE', /'nikon'.*cie1964.*\.csv/);
});

test('a response survives its record in a checkpoint', async (t) => {
  const response = resampleResponse(await cameraResponse(), usual);
  t.same(responseFromRecord(JSON.parse(JSON.stringify(responseRecord(response)))), response);
  for (const broken of [
    null,
    3,
    {},
    { name: 'x', wavelengths: [1], table: [1, 2] },
    { name: 'x', wavelengths: ['a'], table: [] },
  ]) {
    t.throws(() => responseFromRecord(broken), /damaged/);
  }
});

const table = '400 1 0 0\n500 0 2 0\n600 0 0 3';

test("a user's table is read whatever parts its cells", async (t) => {
  await withFolder(async (folder) => {
    const file = join(folder, 'mine.csv');
    const texts = [
      table,
      '# my camera\nwavelength_nm,R,G,B\n400,1,0,0\n500,0,2,0 # green\n\n600,0,0,3\n',
      '\uFEFFnm;B;G;R\r\n600;3;0;0\r\n400;0;0;1\r\n500;0,0;2,0;0\r\n',
      'Wavelength[nm],R,G1,G2,B\n400,1,0,0,0\n500,0,1,3,0\n600,0,0,0,3\n,,,,\n',
      `"wavelength"\t"R"\t"G"\t"B"\n${table.replaceAll(' ', '\t')}`,
    ];
    for (const text of texts) {
      await writeFile(file, text);
      const { name, wavelengths, table: values } = await readResponseCsv(file);
      t.same(
        [name, wavelengths, [...values]],
        ['mine', [400, 500, 600], [1, 0, 0, 0, 2, 0, 0, 0, 3]],
        JSON.stringify(text.slice(0, 20)),
      );
    }
    t.ok(
      columnSums(await cameraResponse(file)).every((sum) => Math.abs(sum - 255) < 1e-9),
      'scaled when used',
    );
  });
});

/** A version 1 .npy of doubles. */
function npyBytes(shape: readonly number[], values: readonly number[], fortran = false): Buffer {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f8', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${axes}), }`;
  const header = `${text}${' '.repeat(63 - ((10 + text.length) % 64))}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const head = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
  return Buffer.concat([head, length, Buffer.from(header), Buffer.from(Float64Array.from(values).buffer)]);
}

const rows = [1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1];

test('a response is read from an array, its wavelengths beside it or after the name', async (t) => {
  await withFolder(async (folder) => {
    const file = join(folder, 'mine.npy');
    const tall = async () => {
      const { wavelengths, table, name } = await readResponseMatrix(`${file}@400-700`);
      t.same([name, wavelengths, [...table]], ['mine', [400, 500, 600, 700], rows]);
    };
    await writeFile(file, npyBytes([4, 3], rows));
    await tall();
    const wide = [0, 1, 2].flatMap((channel) => [0, 1, 2, 3].map((row) => rows[row * 3 + channel] ?? 0));
    await writeFile(file, npyBytes([3, 4], wide));
    await tall();
    await writeFile(file, npyBytes([4, 3], wide, true));
    await tall();
    await failsWith(t, cameraResponse(file), 'DATA_RESPONSE', /4 rows and no wavelengths.*mine\.npy@400-700/);
    await failsWith(t, cameraResponse(`${file}@700-400`), 'DATA_RESPONSE', /from 700 to 400/);
    await writeFile(file, npyBytes([4, 4], Array(16).fill(1)));
    await failsWith(t, cameraResponse(file), 'DATA_RESPONSE', /N x 3 or 3 x N was expected; found .* 4x4/);
    await writeFile(file, npyBytes([4, 3], [...rows.slice(0, 9), 0, 0, -3]));
    await failsWith(t, cameraResponse(`${file}@400-700`), 'DATA_RESPONSE', /channel B sums to 0/);
    await writeFile(file, npyBytes([4, 3], rows).subarray(0, 150));
    await failsWith(t, cameraResponse(`${file}@400-700`), 'DATA_TRUNCATED', /mine\.npy/);
    const mat = join(folder, 'CRF.mat');
    await writeMatArrays(mat, [
      { name: 'CRF', values: Float32Array.from(rows), shape: [3, 4] },
      { name: 'F', values: Float32Array.from([400, 410, 420, 430]), shape: [1, 4] },
    ]);
    const found = await cameraResponse(mat);
    t.same([found.name, found.wavelengths], ['CRF', [400, 410, 420, 430]]);
    t.same([...(await readResponseMatrix(mat)).table], rows);
    await failsWith(t, cameraResponse(join(folder, 'none.npz')), 'DATA_MISSING', /none\.npz/);
    await writeFile(join(folder, 'bad.npz'), 'PK\x03\x04 and no more');
    await failsWith(t, cameraResponse(join(folder, 'bad.npz')), 'DATA_TRUNCATED', /bad\.npz/);
    await failsWith(
      t,
      cameraResponse(join(folder, 'x.xls')),
      'DATA_RESPONSE',
      /a spreadsheet; save its sheet as CSV/,
    );
  });
});

test('the .npz of the NTIRE scoring code is read as it is', async (t) => {
  const file = sharedFolder('data', 'pack', 'srf', 'cie_1964_w_gain.npz');
  if (file === null) return t.skip('the folder ../shared/data/pack is not there');
  const published = await readResponseMatrix(file);
  t.same(published.wavelengths, usual);
  const csv = await readResponseCsv(join(file, '..', 'cie_1964_10nm_w_gain.csv'));
  t.ok(published.table.every((value, i) => Math.abs(value - (csv.table[i] ?? 0)) < 1e-12));
});

test('tables that are none are refused with the line', async (t) => {
  const cases: [text: string, culprit: RegExp][] = [
    ['', /no line of numbers/],
    ['# only a comment', /no line of numbers/],
    ['400,1,2', /line 1: '' is not a number/],
    ['wavelength_nm,R,G,B\n400,1,2,x\n', /line 2: 'x' is not a number/],
    ['wavelength_nm,R,G\n400,1,2\n', /no column for blue/],
    ['400,1,2,3', /1 line of numbers/],
    ['400,1,2,3\n400,1,2,3', /400 nm comes twice/],
    ['0.4,1,2,3\n0.5,1,2,3', /nanometers were expected/],
    ['400,1,0,3\n500,1,0,3', /channel G sums to 0/],
  ];
  await withFolder(async (folder) => {
    const file = join(folder, 'bad.csv');
    for (const [text, culprit] of cases) {
      await writeFile(file, text);
      await failsWith(t, readResponseCsv(file), 'DATA_RESPONSE', culprit, JSON.stringify(text));
    }
    await failsWith(t, cameraResponse(join(folder, 'none.csv')), 'DATA_MISSING', /none\.csv/);
  });
});
