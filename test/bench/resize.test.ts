import test from 'tape';
import { resize } from '../../bench/cases/resize.js';
import { Contender } from '../../bench/contender.js';

/** A process that takes every case and says how long it took, or refuses all of them. */
function actor(name: string, seconds: number | null): Contender {
  const reply = seconds === null ? { error: 'no module' } : { seconds: [seconds], peakBytes: 1 };
  const program = `require('readline').createInterface({ input: process.stdin }).on('line', () => console.log(${JSON.stringify(JSON.stringify(reply))}))`;
  return new Contender(name, process.execPath, ['-e', program], 1);
}

const setting = {
  effort: { rounds: 1, repetitions: 1, warmUp: 1, threads: 1 },
  imageSize: 16,
  cubeSize: 16,
  cacheLimit: 0,
  models: undefined,
  ours: () => actor('ours', 1),
};

test('resizing is held against the fastest program that Python has', async (t) => {
  const times: Record<string, number> = { Pillow: 8, 'scikit-image': 4 };
  const figures = await resize.measure({ ...setting, python: (name) => actor(name, times[name] ?? null) });
  t.equal(figures.length, 4, 'two styles, two factors');
  for (const { name, value } of figures) t.equal(value, 1 / 4, name);
  t.deepEqual(figures[0]?.parts, { 'ours ms': 1000, 'Pillow ms': 8000, 'scikit-image ms': 4000 });
});

test('a program that Python lacks is left out', async (t) => {
  const python = (name: string): Contender => actor(name, name === 'Pillow' ? 2 : null);
  const figures = await resize.measure({ ...setting, python });
  t.deepEqual(
    figures.map(({ value }) => value),
    [1 / 2, 1 / 2, 1 / 2, 1 / 2],
  );
});

test('without any there is no figure', async (t) => {
  t.deepEqual(await resize.measure({ ...setting, python: (name) => actor(name, null) }), []);
});
