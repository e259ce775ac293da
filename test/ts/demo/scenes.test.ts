import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { openDataset, readCube } from '../../../ts/data/index.js';
import { lightUnderD65 } from '../../../ts/demo/lights.js';
import { randomOf } from '../../../ts/demo/random.js';
import { renderCube } from '../../../ts/demo/render.js';
import { pigments, reflectance } from '../../../ts/demo/spectra.js';
import { makeScenes } from '../../../ts/demo/scenes.js';
import { stillLife } from '../../../ts/demo/still-life.js';
import { inFolder } from '../evaluate/own-checkpoint.js';

test('warmer light than D65 has less blue and more red', (t) => {
  const warm = lightUnderD65(5000);
  t.ok((warm[0] ?? 1) < 0.9, 'less at 400 nm');
  t.ok((warm[30] ?? 1) > 1.1, 'more at 700 nm');
  t.end();
});

test('every pigment reflects between 0 and 1, smoothly', (t) => {
  for (const pigment of pigments) {
    const spectrum = reflectance(pigment, randomOf(3));
    const steps = spectrum.slice(1).map((value, band) => Math.abs(value - (spectrum[band] ?? 0)));
    t.ok(Math.min(...spectrum) > 0 && Math.max(...spectrum) < 1, `${pigment} is bounded`);
    t.ok(Math.max(...steps) < 0.25, `${pigment} has no jump`);
  }
  t.end();
});

test('a rendered scene is a cube in [0, 1] that depends on its seed alone', (t) => {
  const size = 24;
  const cube = renderCube(stillLife(5), size, 5);
  t.equal(cube.length, 31 * size * size, '31 bands');
  t.ok(
    cube.every((value) => value >= 0 && value <= 1),
    'bounded',
  );
  t.deepEqual(cube, renderCube(stillLife(5), size, 5), 'the same seed, the same cube');
  t.notDeepEqual(cube, renderCube(stillLife(6), size, 6), 'another seed, another cube');
  const middle = cube.slice(15 * size * size, 16 * size * size);
  t.ok(Math.max(...middle) - Math.min(...middle) > 0.2, 'it shows something');
  t.end();
});

test('scenes are made once, and anew when their recipe changes', (t) =>
  inFolder(async (folder) => {
    const recipe = { version: 1, size: 16, train: [1, 2], unseen: [3] };
    const told: string[] = [];
    const made = await makeScenes(join(folder, 'scenes'), (text) => told.push(text), recipe);
    t.equal(told.length, 3, 'tells of each');
    const names = (await openDataset(made.train)).scenes.map(({ name }) => name);
    t.deepEqual(names, ['still-life-1', 'still-life-2'], 'a data set to train on');
    const cube = await readCube(join(made.unseen, 'still-life-3.mat'));
    t.deepEqual(
      [cube.bands, cube.height, cube.width, cube.dtype],
      [31, 16, 16, 'uint16'],
      'cubes of 16 bits',
    );
    t.ok((await stat(made.sheet)).size > 0, 'a picture of all');
    await makeScenes(join(folder, 'scenes'), (text) => told.push(text), recipe);
    t.equal(told.length, 3, 'nothing is made a second time');
    await makeScenes(join(folder, 'scenes'), (text) => told.push(text), { ...recipe, train: [1] });
    t.equal(told.length, 5, 'but with another recipe it is');
  }));
