import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { Random, readCube, writeCube } from '../../../ts/data/index.js';
import { caveVariants, degrade, gaussianKernel, patchPairs } from '../../../ts/degrade/index.js';
import { native } from '../../../ts/native/index.js';
import { type PrepareEvent, prepare } from '../../../ts/prepare/index.js';
import { drawPlaces } from '../../../ts/prepare/places.js';
import { sampleFile } from '../../../ts/prepare/sample-file.js';
import { fromTypedArray, type Tensor } from '../../../ts/tensor/index.js';
import { rejects } from '../tensor/rejects.js';
import { hyperlift } from '../cli/hyperlift.js';
import { inFolder, tinyCube, writeTinyScenes } from '../train/tiny-scenes.js';

const tiny = { scale: 2, patch: 4, places: 3, seed: 7 } as const;

/** An array of a sample, `[bands, rows, columns]`. */
async function stored(folder: string, number: number, variable: 'lr' | 'hr'): Promise<number[]> {
  const cube = await readCube(sampleFile(folder, number), { variable, axes: 'bhw' });
  return [...cube.data];
}

async function values(cube: Tensor<'float64'>): Promise<number[]> {
  return [...(await (await cube.to('float32')).toTypedArray())];
}

function unit(scene: number): Tensor<'float64'> {
  const { data, bands, height, width, fullScale } = tinyCube(scene);
  return fromTypedArray(
    Float64Array.from(data, (value) => value / fullScale),
    [bands, height, width],
  );
}

test('the samples of a scene are those of patchPairs, bit for bit', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 1);
    const out = join(folder, 'patches');
    const { samples } = await prepare({ ...tiny, data, out, sizeFactors: '1,0.5', valFraction: 0 });
    t.equal(samples, 2 * 3 * 5, 'sizes, places, positions');
    let number = 0;
    for (const [i, factor] of [1, 0.5].entries()) {
      const whole = factor === 1 ? unit(0) : await unit(0).imresize({ scale: factor });
      const size = { height: 24 * factor, width: 24 * factor };
      const random = new Random(tiny.seed, 0, i, 5);
      const places = drawPlaces(size, { variants: 'cave', patch: 8, places: 3 }, random);
      for (const { row, column } of places) {
        const patch = whole
          .slice(1, { start: row, end: row + 8 })
          .slice(2, { start: column, end: column + 8 });
        for (const { low, high } of await patchPairs(patch, tiny.scale)) {
          number += 1;
          t.deepEqual(await stored(out, number, 'lr'), await values(low), `lr of sample ${number}`);
          t.deepEqual(await stored(out, number, 'hr'), await values(high), `hr of sample ${number}`);
        }
      }
    }
    t.equal((await readdir(out)).filter((name) => name.endsWith('.mat')).length, number);
  });
});

test('places of CAVE repeat no row or column and leave the last out; Harvard draws positions', (t) => {
  const size = { height: 20, width: 18 };
  const cave = drawPlaces(size, { variants: 'cave', patch: 8, places: undefined }, new Random(1));
  t.equal(cave.length, 10, 'as many as there are columns: the last is never used');
  t.deepEqual(
    cave.map(({ column }) => column).sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  t.ok(cave.every(({ variants }) => variants.length === caveVariants.length));
  const harvard = drawPlaces(size, { variants: 'harvard', patch: 8, places: undefined }, new Random(1));
  t.equal(harvard.length, 32);
  t.ok(
    harvard.every(({ variants }) => variants[0] === 'none'),
    'as it is, always',
  );
  t.ok(new Set(harvard.map(({ variants }) => variants.length)).size > 2, 'the others by chance');
  const one = drawPlaces({ height: 8, width: 8 }, { variants: 'cave', patch: 8, places: 24 }, new Random(1));
  t.deepEqual(
    [one.length, one[0]?.row, one[0]?.column],
    [1, 0, 0],
    'the only place of a scene as large as a patch',
  );
  t.end();
});

test('a preparation is told, repeats, and takes a list, a blur, noise and the maximum', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 3);
    const split = join(folder, 'test-scenes.txt');
    await writeFile(split, '# one scene\n\nscene1\n');
    const events: PrepareEvent[] = [];
    const asked = { ...tiny, data, split, sizeFactors: '1,0.25', variants: 'harvard' } as const;
    const more = { kernel: 'gaussian:1.5', noise: 0.01, byMaximum: true } as const;
    const [first, second] = [join(folder, 'a'), join(folder, 'b')];
    const made = await prepare({ ...asked, ...more, out: first, onProgress: (event) => events.push(event) });
    await prepare({ ...asked, ...more, out: second });
    t.deepEqual([made.training, made.heldBack], [['scene0', 'scene2'], ['scene1']]);
    t.equal(await readFile(join(first, 'held-back.txt'), 'utf8'), 'scene1\n');
    const names = await readdir(first);
    t.deepEqual(names, await readdir(second));
    for (const name of names) {
      const [one, other] = [await readFile(join(first, name)), await readFile(join(second, name))];
      if (!one.equals(other)) t.fail(`${name} differs in an equal preparation`);
    }
    t.deepEqual([...new Set(events.map(({ type }) => type))], ['notice', 'start', 'samples', 'done']);
    const [notice] = events;
    t.match(
      notice?.type === 'notice' ? notice.text : '',
      /scene0 at 0.25 \(6x6\)/,
      'what is too small is named',
    );
    const high = fromTypedArray(Float32Array.from(await stored(first, 1, 'hr')), [31, 8, 8]);
    const low = await degrade(high, { scale: 2, kernel: gaussianKernel({ deviation: 1.5 }) });
    const clean = await low.toTypedArray();
    const noisy = await stored(first, 1, 'lr');
    const deviation = Math.sqrt(
      noisy.reduce((sum, value, i) => sum + (value - (clean[i] ?? 0)) ** 2, 0) / noisy.length,
    );
    t.ok(Math.abs(deviation - 0.01) < 0.002, `blurred, with noise of ${deviation.toFixed(4)}`);
  });
});

test('a preparation leaves no tensor, and stops when told to', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const before = native().memory().tensors;
    await prepare({ ...tiny, data, out: join(folder, 'a'), sizeFactors: '1' });
    // What the tests before have left may be collected meanwhile.
    const { tensors } = native().memory();
    t.ok(tensors <= before, `${tensors} after, ${before} before`);
    const stop = new AbortController();
    const stopped = prepare({
      ...tiny,
      data,
      out: join(folder, 'b'),
      signal: stop.signal,
      onProgress: ({ type }) => type === 'samples' && stop.abort(),
    });
    t.equal(
      await stopped.then(
        () => '',
        (error) => error.name,
      ),
      'AbortError',
    );
  });
});

test('wrong preparations are refused by name', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const out = join(folder, 'out');
    const asked = { ...tiny, data, out };
    await rejects(
      t,
      () => prepare({ ...asked, patch: 20 }),
      'DATA_PATCH_TOO_LARGE',
      ['40x40', 'scene1'],
      'too large',
    );
    await rejects(
      t,
      () => prepare({ ...asked, kernel: 'gausian:2' }),
      'CONFIG_VALUE',
      ['gausian:2'],
      'a typo',
    );
    await rejects(t, () => prepare({ ...asked, sizeFactors: '2' }), 'CONFIG_TYPE', ['sizeFactors'], 'larger');
    const split = join(folder, 'names.txt');
    await writeFile(split, 'scene0\nscene9\n');
    await rejects(
      t,
      () => prepare({ ...asked, split }),
      'DATA_SCENE_MISSING',
      ['names.txt', 'scene9'],
      'unknown',
    );
    await writeFile(split, '# nothing\n');
    await rejects(t, () => prepare({ ...asked, split }), 'DATA_SCENE_MISSING', ['names.txt'], 'no names');
    const both = () => prepare({ ...asked, split, valFraction: 0.5 });
    await rejects(t, both, 'CONFIG_CONFLICT', ['split', 'valFraction'], 'both');
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    await rejects(t, () => prepare(asked), 'DATA_EXISTS', [out, 'mine.txt'], 'a folder in use');
    await rejects(t, () => prepare({ ...asked, out: split }), 'DATA_EXISTS', ['names.txt'], 'a file');
    const dark = join(folder, 'dark');
    await mkdir(dark);
    const cube = tinyCube(0);
    await writeCube(join(dark, 'black.mat'), { ...cube, data: new Uint16Array(cube.data.length) });
    const black = () => prepare({ ...tiny, data: dark, out: join(folder, 'c'), byMaximum: true });
    await rejects(t, black, 'DATA_RANGE', ['black'], 'nothing to divide by');
  });
});

test('hyperlift prepare tells of its samples', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const line = (out: string) => [
      'prepare',
      '--data',
      data,
      '--scale',
      '2',
      '--patch',
      '4',
      '--places',
      '1',
      '--out',
      join(folder, out),
    ];
    const told = await hyperlift(line('a'));
    t.deepEqual([told.status, told.stdout], [0, `${join(folder, 'a')}: 15 samples\n`], told.stderr);
    t.match(told.stderr, /15 samples; scenes: 1 cut, 1 held back/);
    const events = (await hyperlift([...line('b'), '--json'])).stdout.trim().split('\n');
    t.deepEqual([JSON.parse(events[0] ?? '').type, JSON.parse(events.at(-1) ?? '').type], ['start', 'done']);
    t.equal((await hyperlift(line('a'))).status, 1, 'the folder is in use');
  });
});
