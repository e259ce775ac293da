import { readdirSync } from 'node:fs';
import { open, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { type CachedScene, SceneCache } from '../../../../ts/data/cache/index.js';
import { native } from '../../../../ts/native/index.js';
import { failsWith } from '../../failure.js';
import { withFolder } from '../../temporary-folder.js';
import { cubeBytes, cubeSource, cubeValues, sampled, sizes } from './cubes.js';

const key = (number: number): string => number.toString(16).padStart(32, '0');

async function put(cache: SceneCache, number: number, source = cubeSource(number)): Promise<CachedScene> {
  return cache.open(key(number), 'stored', async () => source, cubeBytes.stored);
}

/** Files of a folder by their endings. */
function endings(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => name.slice(name.lastIndexOf('.')))
    .sort();
}

function mapped({ scene }: CachedScene) {
  const { file, offset, dtype, tile, bands, scale, height, width, name } = scene;
  return { name, height, width, cube: { file, offset, dtype, tile, bands, scale } };
}

function inMemory(seed: number) {
  const { bands, height, width } = sizes;
  return { name: `scene${seed}`, height, width, cube: { values: cubeValues(seed), bands, scale: 65535 } };
}

test('a mapped scene gives the batches of one in memory, to the bit', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    const [held, kept] = [native().createSceneStore(), native().createSceneStore()];
    for (const seed of [1, 2]) {
      held.add(inMemory(seed));
      kept.add(mapped(await put(cache, seed)));
    }
    t.ok(held.bytes > 0);
    t.equal(kept.bytes, 0, 'nothing of it is in memory');
    const plan = Array.from({ length: 32 }, (_, i) => [i % 2, (i * 7) % 81, (i * 5) % 70, i % 16]).flat();
    t.deepEqual(await sampled(kept, plan, 69), await sampled(held, plan, 69), 'patches of all turns');
    const corners = [0, 0, 0, 0, 1, 149, 138, 3, 0, 64, 63, 9];
    t.deepEqual(await sampled(kept, corners, 1), await sampled(held, corners, 1), 'single pixels');
    const stretched = { stretch: true };
    t.deepEqual(
      await sampled(kept, plan, 69, stretched),
      await sampled(held, plan, 69, stretched),
      'stretched by their range',
    );
    const area = { row: 11, column: 60, height: 100, width: 70 };
    const [a, b] = [await held.addResized(0, area, 0.75), await kept.addResized(0, area, 0.75)];
    t.equal(a, b);
    const resized = [a, 2, 1, 5];
    t.deepEqual(await sampled(kept, resized, 40), await sampled(held, resized, 40), 'made smaller');
    held.dispose();
    kept.dispose();
  });
});

test('float32 is equal to the bit too, float16 to its precision', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    const plan = [0, 10, 20, 0];
    const wanted = native().createSceneStore();
    wanted.add(inMemory(3));
    const { cube } = await sampled(wanted, plan, 100);
    for (const [number, type] of (['float32', 'float16'] as const).entries()) {
      const store = native().createSceneStore();
      store.add(mapped(await cache.open(key(number), type, async () => cubeSource(3), cubeBytes[type])));
      const found = (await sampled(store, plan, 100)).cube;
      if (type === 'float32') t.deepEqual(found, cube);
      const worst = found.reduce((most, v, i) => Math.max(most, Math.abs(v - (cube[i] ?? Number.NaN))), 0);
      t.ok(type === 'float32' ? worst === 0 : worst > 0 && worst <= 2 ** -12, `${type}: ${worst}`);
      store.dispose();
    }
    wanted.dispose();
  });
});

test('an entry is built once, used again, and leaves nothing else behind', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    const source = cubeSource(1);
    const first = await put(cache, 1, source);
    t.equal(source.reads, 3, 'rows of tiles, one by one');
    t.deepEqual(endings(folder), ['.scene', '.use']);
    const second = await put(cache, 1, source);
    t.equal(source.reads, 3);
    t.deepEqual(first.scene, second.scene);
    t.equal(first.scene.origin.file, '/data/scene1.mat');
    await first.release();
    await second.release();
    t.deepEqual(endings(folder), ['.scene']);
  });
});

test('several that build one entry at once get one file', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    const others = [cache, cache, new SceneCache(folder), new SceneCache(folder)];
    const opened = await Promise.all(others.map((one) => put(one, 1)));
    t.equal(new Set(opened.map(({ scene }) => scene.sha256)).size, 1);
    t.deepEqual(
      endings(folder).filter((name) => name !== '.use'),
      ['.scene'],
    );
    await Promise.all(opened.map(({ release }) => release()));
  });
});

test('damaged and cut off entries are told, and built anew', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    const file = cache.fileOf(key(1));
    await (await put(cache, 1)).release();
    const whole = await readFile(file);
    const changes: [string, string, (bytes: Buffer) => Buffer][] = [
      ['empty', 'DATA_EMPTY', () => Buffer.alloc(0)],
      ['another magic', 'DATA_DAMAGED', (bytes) => bytes.fill('x', 0, 1)],
      ['a letter of the header', 'DATA_DAMAGED', (bytes) => bytes.fill('9', 60, 61)],
      ['a header that claims gigabytes', 'DATA_DAMAGED', (bytes) => bytes.fill(0xff, 8, 12)],
      ['cut off', 'DATA_TRUNCATED', (bytes) => bytes.subarray(0, -1)],
    ];
    for (const [what, code, change] of changes) {
      await writeFile(file, change(Buffer.from(whole)));
      t.deepEqual(
        (await cache.list()).map(({ damage, scene }) => [damage, scene]),
        [[code, null]],
        what,
      );
      const source = cubeSource(1);
      await (await put(cache, 1, source)).release();
      t.ok(source.reads > 0 && (await cache.list())[0]?.damage === null, 'built anew');
    }
  });
});

test('verify finds a changed value and removes the entry', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    for (const number of [1, 2]) await (await put(cache, number)).release();
    t.deepEqual(
      (await cache.verify()).map(({ damage }) => damage),
      [null, null],
    );
    const handle = await open(cache.fileOf(key(2)), 'r+');
    await handle.write(Buffer.of(1, 2, 3), 0, 3, 5000);
    await handle.close();
    const found = await cache.verify();
    t.deepEqual(
      found.map((entry) => [entry.key, entry.damage]),
      [
        [key(1), null],
        [key(2), 'DATA_DAMAGED'],
      ],
    );
    t.deepEqual(
      (await cache.list()).map((entry) => entry.key),
      [key(1)],
    );
  });
});

test('a file that is cut off under its header is an error when it is mapped, not a signal', async (t) => {
  await withFolder(async (folder) => {
    const entry = await put(new SceneCache(folder), 1);
    await truncate(entry.scene.file, entry.scene.offset + 10);
    const store = native().createSceneStore();
    const add = async (cube: object = {}): Promise<number> =>
      store.add({ ...mapped(entry), cube: { ...mapped(entry).cube, ...cube } });
    await failsWith(t, add(), 'DATA_TRUNCATED', /\.scene: is of/);
    await failsWith(t, add({ file: '/none' }), 'DATA_MISSING', /\/none/);
    await failsWith(t, add({ dtype: 'float64' }), 'DATA_SCENE', /float64/);
    store.dispose();
  });
});

test('the limit removes what was used longest ago, and nothing in use', async (t) => {
  await withFolder(async (folder) => {
    const room = new SceneCache(folder);
    const entries = [await put(room, 1), await put(room, 2), await put(room, 3)];
    const size = (await room.list())[0]?.bytes ?? 0;
    for (const [i, { scene }] of entries.entries()) await utimes(scene.file, 1000 + i, 1000 + i);
    await entries[1]?.release();
    await entries[2]?.release();
    const tight = new SceneCache(folder, 3 * size + 100);
    const fourth = await put(tight, 4);
    t.deepEqual(
      (await room.list()).map((entry) => entry.key),
      [key(1), key(3), key(4)],
      'the first is in use, the second goes',
    );
    const fifth = await put(tight, 5);
    await failsWith(t, put(tight, 6), 'CONFIG_MEMORY', /limit of the cache/);
    t.deepEqual(
      (await room.list()).map((entry) => entry.key),
      [key(1), key(4), key(5)],
    );
    await fourth.release();
    const { removed, kept } = await new SceneCache(folder, 0).clear();
    t.deepEqual(
      [removed.map((entry) => entry.key), kept.map((entry) => entry.key)],
      [[key(4)], [key(1), key(5)]],
    );
    for (const entry of [...entries, fifth]) await entry.release();
  });
});

test('what dead processes left is removed, what living ones hold is kept', async (t) => {
  await withFolder(async (folder) => {
    const cache = new SceneCache(folder);
    await (await put(cache, 1)).release();
    const host = hostname().replaceAll(/[^\w-]/g, '-');
    const dead = 2 ** 22 + 1; // above the largest pid of Linux
    for (const name of [`${key(1)}.${host}.${dead}.a.use`, `${key(9)}.${host}.${dead}.b.tmp`])
      await writeFile(join(folder, name), '');
    t.notOk((await cache.list())[0]?.inUse);
    t.deepEqual(endings(folder), ['.scene']);
    await writeFile(join(folder, `${key(1)}.${host}.${process.ppid}.c.use`), '');
    await writeFile(join(folder, `${key(1)}.elsewhere.${dead}.d.use`), '');
    t.ok((await cache.list())[0]?.inUse);
    t.equal((await new SceneCache(folder, 0).clear()).kept.length, 1);
    t.deepEqual(endings(folder), ['.scene', '.use', '.use']);
  });
});

test('a folder that cannot be written is an error that names it', async (t) => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const below = new SceneCache(join(folder, 'file', 'cache'));
    await failsWith(t, put(below, 1), 'DATA_WRITE', /file/);
  });
});
