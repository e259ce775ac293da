import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { SceneCache, writeCube } from '../../../ts/data/index.js';
import { type TrainEvent, type TrainOptions, train } from '../../../ts/train/index.js';
import { failure, inFolder, tinyCube, tinyRun, writeTinyPhotos, writeTinyScenes } from './tiny-scenes.js';

const supervised = { ...tinyRun, perceptualWeight: undefined, paradigm: 'supervised', steps: 4 } as const;

/** Weights and optimizer of a run's end, as the file has them. */
async function weightsOf(options: TrainOptions): Promise<Buffer> {
  const { files } = await train(options);
  return readFile(files.last);
}

/** Trains with and without a cache in folders of their own; whether the weights are equal to the byte. */
async function isEqual(folder: string, name: string, options: TrainOptions): Promise<boolean> {
  const cache = join(folder, 'cache');
  const held = await weightsOf({ ...options, cache: 'off', out: join(folder, `${name}-held`) });
  const built = await weightsOf({ ...options, cache, out: join(folder, `${name}-built`) });
  const found = await weightsOf({ ...options, cache, out: join(folder, `${name}-found`) });
  return built.equals(held) && found.equals(held);
}

const scenesIn = (folder: string): string[] => readdirSync(folder).sort();

test('training from the cache gives the weights of training from memory, to the bit', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const cache = join(folder, 'cache');
    t.ok(await isEqual(folder, 'supervised', { ...supervised, data }), 'supervised');
    const built = scenesIn(cache);
    t.equal(built.length, 4, 'a file a scene, and nothing in use');
    t.ok(await isEqual(folder, 'stretched', { ...supervised, data, stretch: true }), 'stretched');
    t.deepEqual(scenesIn(cache), built, 'the same files');
    const photos = await writeTinyPhotos(folder);
    const unsupervised = { ...tinyRun, paradigm: 'unsupervised', data: photos, steps: 3 } as const;
    t.ok(await isEqual(folder, 'photos', unsupervised), 'pictures alone');
    t.equal(scenesIn(cache).length, 7);
    t.ok(
      await isEqual(folder, 'float32', { ...supervised, data, cacheType: 'stored', seed: 3 }),
      'another seed',
    );
  });
});

test('super-resolution caches its smaller scenes too', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const options = {
      model: 'fcnn3d',
      scale: 2,
      paradigm: 'supervised',
      data,
      batch: 2,
      patch: 8,
      sizeFactors: '1,0.75',
      steps: 2,
      threads: 1,
      valPatches: 2,
    } as const;
    t.ok(await isEqual(folder, 'spatial', options));
    const entries = await new SceneCache(join(folder, 'cache')).list();
    const sizes = entries.map(({ scene }) => `${scene?.dtype} ${scene?.height}`).sort();
    t.deepEqual(sizes, [
      'float32 18',
      'float32 18',
      'float32 18',
      'uint16 24',
      'uint16 24',
      'uint16 24',
      'uint16 24',
    ]);
  });
});

test('a resumed run may change its cache, and a changed file is decoded again', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const [cache, out] = [join(folder, 'cache'), join(folder, 'run')];
    const whole = await weightsOf({
      ...supervised,
      data,
      cache: 'off',
      validateEvery: 2,
      out: join(folder, 'whole'),
    });
    const controller = new AbortController();
    const onProgress = ({ type }: TrainEvent): void => {
      if (type === 'checkpoint') controller.abort();
    };
    const stopped = { ...supervised, data, out, cache: 'off', checkpointEvery: 2, validateEvery: 2 } as const;
    await train({ ...stopped, onProgress, signal: controller.signal }).catch(() => undefined);
    t.notOk((await readFile(join(out, 'last.safetensors'))).equals(whole), 'it was stopped');
    t.ok((await weightsOf({ resume: out, cache })).equals(whole));
    await writeCube(join(data, 'scene0.mat'), tinyCube(5));
    await train({ ...supervised, data, cache, out: join(folder, 'changed') });
    t.equal(scenesIn(cache).length, 5, 'one more file');
  });
});

/** Runs `work` with a cache folder of its own, and as if so many bytes of memory were free; gives the notices and the cache's types. */
async function onMachine(
  folder: string,
  free: number,
  options: TrainOptions,
): Promise<(string | undefined)[]> {
  const before = { cache: process.env.XDG_CACHE_HOME, memory: process.availableMemory };
  process.env.XDG_CACHE_HOME = join(folder, 'xdg');
  process.availableMemory = () => free;
  try {
    const notices: string[] = [];
    const onProgress = (event: TrainEvent): void => {
      if (event.type === 'notice') notices.push(event.text);
    };
    await train({ ...options, onProgress });
    const entries = await new SceneCache(join(folder, 'xdg', 'hyperlift', 'scenes')).list();
    return [...entries.map(({ scene }) => scene?.dtype), ...notices];
  } finally {
    process.availableMemory = before.memory;
    if (before.cache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before.cache;
  }
}

test('auto takes the cache for what is more than half of the free memory, and for float16', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const bytes = 4 * 31 * 24 * 24 * 2;
    const run = (out: string, more: TrainOptions = {}) => ({
      ...supervised,
      data,
      ...more,
      out: join(folder, out),
    });
    t.deepEqual(await onMachine(folder, 2 * bytes, run('half')), [], 'half of it: memory');
    const cached = await onMachine(folder, 2 * bytes - 1, run('more'));
    t.deepEqual(cached.slice(0, 4), ['uint16', 'uint16', 'uint16', 'uint16']);
    t.match(cached[4] ?? '', /^140 KiB of decoded scenes are mapped from .*xdg/);
    const full = await onMachine(join(folder, 'full'), 1, run('full', { cacheLimit: '100KB' }));
    t.match(full[0] ?? '', /take 140 KiB.*may take 98 KiB: they are held in memory/, 'the limit is kept to');
    const halved = await onMachine(join(folder, '16'), 2 ** 40, run('16', { cacheType: 'float16' }));
    t.deepEqual(halved.slice(0, 4), ['float16', 'float16', 'float16', 'float16'], 'whatever is free');
  });
});

test('a cache that cannot be is refused in one sentence', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'cache'));
    const base = { ...supervised, data, cache: join(folder, 'cache'), out: join(folder, 'run') };
    const cases: [TrainOptions, RegExp][] = [
      [{ ...base, cacheLimit: '10KB' }, /^CONFIG_MEMORY .*scenes.*cacheLimit/],
      [{ ...base, cacheLimit: 'much' }, /^CONFIG_MEMORY cacheLimit is 'much'/],
      [{ ...base, cache: 'off', cacheType: 'float16' }, /^CONFIG_CONFLICT .*'cacheType'/],
      [{ ...base, cache: join(folder, 'file') }, /^DATA_WRITE .*file/],
    ];
    for (const [options, expected] of cases) t.match(await failure(options), expected);
    t.deepEqual(scenesIn(join(folder, 'cache')), [], 'nothing is left there');
  });
});
