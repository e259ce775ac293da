import test from 'tape';
import type { CubeData } from '../../../ts/data/cube.js';
import { memoryReader } from '../../../ts/data/formats/lines.js';
import { summarise } from '../../../ts/data/summary.js';

const origin = { file: 'made', format: 'test' };
const shared = { wavelengths: null, fullScale: 1, name: 'made', origin };

test('a summary has the range, mean and deviation of the values, NaN and ignore values apart', async (t) => {
  const data = Float32Array.from([1, 2, 3, 0, Number.NaN, -9999, 7, 9, -9999, Infinity, 5, 0]);
  const cube: CubeData = { data, dtype: 'float32', bands: 2, height: 2, width: 3, ...shared };
  const found = await summarise(memoryReader({ ...cube, ignoreValue: -9999 }));
  const kept = [1, 2, 3, 0, 7, 9, 5, 0];
  const mean = kept.reduce((a, b) => a + b) / kept.length;
  const deviation = Math.sqrt(kept.reduce((sum, v) => sum + (v - mean) ** 2, 0) / kept.length);
  t.same([found.least, found.most, found.zeros, found.notFinite, found.ignored], [0, 9, 2, 2, 2]);
  t.ok(Math.abs(found.mean - mean) < 1e-12 && Math.abs(found.deviation - deviation) < 1e-12);
  t.same(found.bandMeans, [6 / 4, 21 / 4]);
  t.same([found.counted, found.total], [12, 12]);
});

test('large equal values have no deviation', async (t) => {
  const data = new Float64Array(600).fill(1e9 + 0.25);
  const cube: CubeData = { data, dtype: 'float64', bands: 6, height: 10, width: 10, ...shared };
  t.equal((await summarise(memoryReader(cube))).deviation, 0);
});

test('of a large cube only some lines are read, evenly spread', async (t) => {
  const asked: number[] = [];
  const [bands, height, width] = [8, 40_000, 1000];
  const info = { bands, height, width, dtype: 'float32', ...shared } as const;
  const found = await summarise({
    info,
    lines: 'rows',
    read: async ({ row = 0, height: count = 0 } = {}) => {
      asked.push(row, row + count);
      return new Float32Array(bands * count * width).fill(row);
    },
    close: async () => {},
  });
  t.ok(found.counted * 4 <= 2 ** 27 && found.counted * 4 > 2 ** 26, `${found.counted} values`);
  t.equal(asked[0], 0, 'the first line');
  t.equal(asked.at(-1), height, 'and the last');
  t.equal(found.total, bands * height * width);
});
