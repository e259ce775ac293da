import test from 'tape';
import { planAxis, stripsOf } from '../../../ts/reconstruct/tile-plan.js';

test('tiles of an axis cover it, overlap enough, and their weights add up to 1 at every pixel', (t) => {
  const cases: [number, number, number][] = [
    [100, 32, 8],
    [33, 32, 16],
    [64, 32, 0],
    [129, 32, 31],
    [4096, 128, 32],
    [7, 5, 2],
  ];
  for (const [size, tile, overlap] of cases) {
    const { starts, length, weights } = planAxis(size, tile, overlap);
    const sums = new Float64Array(size);
    starts.forEach((start, index) => {
      for (let i = 0; i < length; i++) sums[start + i] = (sums[start + i] ?? 0) + (weights[index]?.[i] ?? 0);
    });
    const shared = starts.slice(1).map((start, index) => (starts[index] ?? 0) + length - start);
    const title = `${size} pixels in tiles of ${tile} sharing ${overlap}`;
    t.equal(starts[0], 0, `${title}: starts at the border`);
    t.equal((starts.at(-1) ?? 0) + length, size, `${title}: ends at the border`);
    t.ok(Math.min(...shared) >= overlap, `${title}: shares at least that`);
    t.ok(Math.max(...sums.map((sum) => Math.abs(sum - 1))) < 1e-12, `${title}: weights add up to 1`);
  }
  t.end();
});

test('an axis that fits into a tile is one tile of its own length', (t) => {
  const weights = [new Float64Array(20).fill(1)];
  t.deepEqual(planAxis(20, 32, 8), { starts: [0], length: 20, scale: 1, weights });
  const doubled = planAxis(40, 16, 4, 2);
  const sums = new Float64Array(80);
  doubled.starts.forEach((start, i) => {
    doubled.weights[i]?.forEach((weight, k) => {
      sums[2 * start + k] = (sums[2 * start + k] ?? 0) + weight;
    });
  });
  t.ok(
    sums.every((sum) => Math.abs(sum - 1) < 1e-12),
    'at twice the size too',
  );
  t.end();
});

test('the strips of an axis hand out every line once', (t) => {
  const strips = stripsOf(planAxis(100, 32, 8), 100);
  let next = 0;
  for (const { start, finished } of strips) {
    t.equal(start, next, `a strip starts at line ${next}`);
    next = start + finished;
  }
  t.equal(next, 100, 'the last line is handed out');
  t.end();
});
