import test from 'tape';
import type { CubeData, CubeValues } from '../../../../ts/data/cube.js';
import { selectBands } from '../../../../ts/data/formats/selected-bands.js';
import { memoryReader, turnedBands } from '../../../../ts/data/formats/lines.js';
import { FileRange } from '../../../../ts/data/formats/file-range.js';
import { MemorySource } from '../../../../ts/data/formats/memory-source.js';
import { readStrided, type StridedCube } from '../../../../ts/data/formats/strided.js';
import { settleWindow, type WholeWindow } from '../../../../ts/data/formats/format.js';
import { failsWith } from '../../failure.js';

const [bands, height, width] = [7, 40, 50];
const origin = { file: 'made.bin', format: 'test' };
const count = bands * height * width;
/** Each value tells its place: ((band * height) + row) * width + column. */
const whole = Int32Array.from({ length: count }, (_, i) => i);

const layouts = {
  bsq: { bands: height * width, rows: width, columns: 1 },
  bil: { rows: bands * width, bands: width, columns: 1 },
  bip: { rows: width * bands, columns: bands, bands: 1 },
  matlab: { bands: height * width, columns: height, rows: 1 },
  'matlab, bands first': { columns: bands * height, rows: bands, bands: 1 },
} as const;

/** The cube as a file has it, after seven bytes of something else. */
function stored(strides: StridedCube['strides'], littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(7 + 4 * count);
  whole.forEach((value) => {
    const [band, row, column] = [
      Math.floor(value / height / width),
      Math.floor(value / width) % height,
      value % width,
    ];
    const at = 7 + 4 * (band * strides.bands + row * strides.rows + column * strides.columns);
    if (littleEndian) bytes.writeInt32LE(value, at);
    else bytes.writeInt32BE(value, at);
  });
  return bytes;
}

function expected(window: WholeWindow): number[] {
  return window.bands.flatMap((band) =>
    Array.from({ length: window.height * window.width }, (_, i) => {
      const [row, column] = [window.row + Math.floor(i / window.width), window.column + (i % window.width)];
      return (band * height + row) * width + column;
    }),
  );
}

const windows = [
  {},
  { row: 3, height: 5 },
  { column: 49, width: 1 },
  { row: 39, column: 11, height: 1, width: 33, bands: [6, 0, 3] },
  { bands: [2] },
  { row: 1, column: 1, height: 38, width: 48, bands: [5, 4] },
  { height: 0 },
];

test('a window of an uncompressed cube has the right values, whatever its order', async (t) => {
  for (const [name, strides] of Object.entries(layouts)) {
    for (const littleEndian of [true, false]) {
      const source = new MemorySource('made.bin', stored(strides, littleEndian));
      const cube: StridedCube = { stored: 'int32', littleEndian, start: 7, bands, height, width, strides };
      for (const window of windows) {
        const asked = settleWindow({ bands, height, width, origin }, window);
        const found = await readStrided(source, cube, asked, 'int32');
        t.same(
          Array.from(found),
          expected(asked),
          `${name}, ${littleEndian ? 'little' : 'big'}-endian, ${JSON.stringify(window)}`,
        );
      }
    }
  }
});

const cube: CubeData = {
  data: whole,
  dtype: 'int32',
  bands,
  height,
  width,
  wavelengths: Array.from({ length: bands }, (_, band) => 400 + band),
  badBands: [1, 6],
  notes: { band_names: 'a, b,c, d, e, f, g', fwhm_nm: '1, 2', description: 'x, y' },
  fullScale: 1,
  name: 'made',
  origin,
};

test('windows beyond a cube are refused with its sizes', async (t) => {
  const reader = memoryReader(cube);
  const wrong = [{ row: 40, height: 1 }, { row: -1 }, { column: 1.5 }, { width: 51 }];
  for (const window of wrong)
    await failsWith(t, reader.read(window), 'DATA_WINDOW', /made\.bin.*7 bands of 40 x 50/);
  await failsWith(t, reader.read({ bands: [7] }), 'DATA_WINDOW', /band 7/);
});

const choose = async (bands: number[]) => selectBands(memoryReader(cube), bands);

test('bands are chosen by number, or by not being bad', async (t) => {
  const some = selectBands(memoryReader(cube), [6, 2]);
  t.same([some.info.bands, some.info.wavelengths, some.info.badBands], [2, [406, 402], [0]]);
  t.same(
    some.info.notes,
    { band_names: 'g, c', fwhm_nm: '1, 2', description: 'x, y' },
    'lists of bands follow',
  );
  const values: CubeValues = await some.read({ row: 1, height: 1, column: 2, width: 1 });
  t.same(Array.from(values), [6 * 2000 + 52, 2 * 2000 + 52]);
  const good = selectBands(memoryReader(cube), 'good');
  t.same(good.info.wavelengths, [400, 402, 403, 404, 405]);
  await failsWith(t, choose([7]), 'DATA_BANDS', /no band 7/);
  await failsWith(t, choose([1, 1]), 'DATA_BANDS', /twice/);
  await failsWith(t, choose([]), 'DATA_BANDS', /no band is left/);
});

test('turned bands are turned back by turning them again', async (t) => {
  const turned = await turnedBands(whole, height, width);
  t.equal(turned[1], width, 'the second value of a band is the first of its second row');
  t.same(await turnedBands(turned, width, height), whole);
});

test('a part of a file ends where it ends, though the file goes on', async (t) => {
  const part = new FileRange(new MemorySource('made.bin', Uint8Array.of(9, 1, 2, 3, 9)), 1, 3);
  t.same([...(await part.read(1, 2, 'values'))], [2, 3]);
  const target = new Uint8Array(3);
  await part.readInto(target, 0, 'values');
  t.same([...target, part.size], [1, 2, 3, 3]);
  await failsWith(
    t,
    part.read(1, 3, 'the values'),
    'DATA_TRUNCATED',
    /made\.bin.*the values ends at byte 4, there are 3/,
  );
  await failsWith(t, part.readInto(target, -1, 'values'), 'DATA_TRUNCATED', /made\.bin/);
});
