import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { SceneCache } from '../../../ts/data/index.js';
import { cubeBytes, cubeSource } from '../data/cache/cubes.js';
import { withFolder } from '../temporary-folder.js';
import { hyperlift } from './hyperlift.js';

async function fill(folder: string, count: number): Promise<SceneCache> {
  const cache = new SceneCache(folder);
  for (let number = 1; number <= count; number++) {
    const key = number.toString(16).padStart(32, '0');
    const build = async () => cubeSource(number);
    await (await cache.open(key, 'stored', build, cubeBytes.stored)).release();
  }
  return cache;
}

test('cache lists scenes with sizes and origin, for people and machines', async (t) => {
  await withFolder(async (folder) => {
    await fill(folder, 2);
    const { stdout, status } = await hyperlift(['cache', '--cache', folder]);
    t.equal(status, 0);
    const lines = stdout.trim().split('\n');
    t.match(
      lines[1] ?? '',
      /^scene1 +3 +139 x 150 +uint16 +127 KiB +\d{4}-\d\d-\d\d \d\d:\d\d +\/data\/scene1\.mat$/,
    );
    t.match(lines.at(-1) ?? '', /^2 scenes, 253 KiB, in \//);
    const told = JSON.parse((await hyperlift(['cache', 'list', '--cache', folder, '--json'])).stdout);
    t.deepEqual([told.folder, told.entries.length], [folder, 2]);
    t.deepEqual([told.entries[0].scene.dtype, told.entries[0].inUse], ['uint16', false]);
    const home = { XDG_CACHE_HOME: folder };
    t.equal(
      (await hyperlift(['cache', 'path'], { env: home })).stdout,
      `${join(folder, 'hyperlift/scenes')}\n`,
    );
    t.match(
      (await hyperlift(['cache'], { env: home })).stdout,
      /^0 scenes, 0 KiB/,
      'a folder that is not there',
    );
  });
});

test('cache verify tells and removes damage with status 1, cache clear makes room', async (t) => {
  await withFolder(async (folder) => {
    const cache = await fill(folder, 3);
    const file = (await cache.list())[1]?.file ?? '';
    const handle = await open(file, 'r+');
    await handle.write(Buffer.of(7, 7, 7, 7), 0, 4, 9000);
    await handle.close();
    const first = await hyperlift(['cache', 'verify', '--cache', folder]);
    t.equal(first.status, 1);
    t.equal(first.stdout, `${file}: damaged (DATA_DAMAGED), removed\n2 of 3 scenes are sound\n`);
    t.equal((await hyperlift(['cache', 'verify', '--cache', folder])).status, 0);
    const trimmed = await hyperlift(['cache', 'clear', '--cache', folder, '--limit', '200KiB']);
    t.match(trimmed.stdout, /^removed 1 scene, .*\nkept 1 scene, /);
    const cleared = await hyperlift(['cache', 'clear', '--cache', folder, '--json']);
    t.equal(JSON.parse(cleared.stdout).removed.length, 1);
    t.deepEqual(await cache.list(), []);
  });
});

test('cache refuses what it does not know', async (t) => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'notes.txt'), '');
    for (const [argv, words] of [
      [['verifi'], /no 'verifi'.*verify.*\(CONFIG_UNKNOWN\)/],
      [['list', 'all'], /no 'list all'/],
      [['list', '--limit', '1GiB'], /'limit' is for cache clear.*\(CONFIG_CONFLICT\)/],
      [['clear', '--limit', 'all'], /limit is 'all'.*\(CONFIG_MEMORY\)/],
    ] as const) {
      const { status, stderr } = await hyperlift(['cache', ...argv, '--cache', folder]);
      t.equal(status, 2, argv.join(' '));
      t.match(stderr, words);
    }
  });
});
