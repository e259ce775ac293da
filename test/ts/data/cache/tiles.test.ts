import test from 'tape';
import { halfBits, keptAs, tiled } from '../../../../ts/data/cache/tiles.js';
import { failsWith } from '../../failure.js';

test('halfBits gives the nearest float16, ties to even', (t) => {
  const cases: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NaN, 0x7e00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [0.1, 0x2e66],
  ];
  for (const [value, bits] of cases) t.equal(halfBits(value), bits, `${value}`);
  t.end();
});

/** Bands of 0, 100, 200, ... plus ten times the row plus the column. */
function strip(bands: number, rows: number, width: number): Uint16Array {
  return Uint16Array.from({ length: bands * rows * width }, (_, i) => {
    const pixel = i % (rows * width);
    return 100 * Math.floor(i / (rows * width)) + 10 * Math.floor(pixel / width) + (pixel % width);
  });
}

test('a strip becomes tiles of all bands, the last one narrower', async (t) => {
  const values = strip(2, 2, 5);
  const size = { bands: 2, rows: 2, width: 5, tile: 3, name: 's' };
  const bytes = await tiled({ values, start: 0, bandStep: 10 }, size, { dtype: 'uint16', divisor: 1 });
  const found = new Uint16Array(bytes.buffer, bytes.byteOffset, 20);
  const first = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
  t.deepEqual([...found], [...first, 3, 4, 13, 14, 103, 104, 113, 114]);
});

test('a strip is found within a larger cube, and divided', async (t) => {
  const values = strip(2, 4, 3); // rows 2 and 3 of it
  const size = { bands: 2, rows: 2, width: 3, tile: 64, name: 's' };
  const place = { values, start: 6, bandStep: 12 };
  const bytes = await tiled(place, size, { dtype: 'float32', divisor: 10 });
  const wanted = [20, 21, 22, 30, 31, 32, 120, 121, 122, 130, 131, 132].map((v) => Math.fround(v / 10));
  t.deepEqual([...new Float32Array(bytes.buffer)], wanted);
});

test('values keep their type, or become float32 as in memory', (t) => {
  t.deepEqual(keptAs(new Uint8Array(1), 'stored', 255), { dtype: 'uint8', scale: 255, divisor: 1 });
  t.deepEqual(keptAs(new Uint16Array(1), 'stored', 9), { dtype: 'uint16', scale: 9, divisor: 1 });
  t.deepEqual(keptAs(new Int16Array(1), 'stored', 9), { dtype: 'float32', scale: 9, divisor: 1 });
  t.deepEqual(keptAs(new Uint16Array(1), 'float16', 9), { dtype: 'float16', scale: 1, divisor: 9 });
  t.end();
});

test('a value beyond float16 is an error that names the scene', async (t) => {
  const values = Float32Array.of(1, 70000);
  const size = { bands: 1, rows: 1, width: 2, tile: 64, name: 'bright' };
  const halved = tiled({ values, start: 0, bandStep: 2 }, size, { dtype: 'float16', divisor: 1 });
  await failsWith(t, halved, 'DATA_RANGE', /'bright'.*70000/);
});
