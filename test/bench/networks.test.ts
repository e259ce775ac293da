import test from 'tape';
import { networkCases } from '../../bench/cases/index.js';
import { listModels } from '../../ts/models/index.js';

const cases = networkCases();

test('every network that is trained by steps is timed', (t) => {
  const timed = new Set(cases.map(({ model }) => model));
  for (const { id, closedForm } of listModels()) t.equal(timed.has(id), !closedForm, id);
  t.end();
});

test('cubes of 31 bands are made 4 times larger, images keep their size', (t) => {
  const spatial = new Set(
    listModels()
      .filter(({ task }) => task === 'spatial')
      .map(({ id }) => id),
  );
  for (const { name, model, bands, scale } of cases) {
    t.deepEqual([bands, scale], spatial.has(model) ? [31, 4] : [3, 1], name);
  }
  t.end();
});

test('no two cases have one name', (t) => {
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  t.end();
});

test('sizes of images and of low-resolution cubes are chosen apart', (t) => {
  const chosen = networkCases({ sizes: [48], sides: [16], precisions: ['float32'] });
  for (const { name, scale, size } of chosen) t.equal(size, scale === 1 ? 48 : 16, name);
  t.equal(chosen.length, 2 * new Set(chosen.map(({ model }) => model)).size);
  t.end();
});
