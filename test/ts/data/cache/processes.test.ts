import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { SceneCache } from '../../../../ts/data/index.js';
import { withFolder } from '../../temporary-folder.js';

const script = fileURLToPath(new URL('./build-script.js', import.meta.url));

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstWords(child: ChildProcess): Promise<string> {
  const [bytes] = await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  return String(bytes).trim();
}

const endings = (folder: string): string[] =>
  readdirSync(folder).map((name) => name.slice(name.lastIndexOf('.')));

test('processes that build the same scenes at once get one sound file each scene', async (t) => {
  await withFolder(async (folder) => {
    const children = [1, 2, 3].map(() => start(folder, '4'));
    const told = await Promise.all(
      children.map(async (child) => {
        const [words] = await Promise.all([firstWords(child), once(child, 'exit')]);
        return words;
      }),
    );
    t.equal(new Set(told).size, 1, 'they see the same checksums');
    const entries = await new SceneCache(folder).verify();
    t.deepEqual(
      entries.map(({ damage, inUse }) => [damage, inUse]),
      [1, 2, 3, 4].map(() => [null, false]),
      'sound, and none in use by processes that ended',
    );
    t.deepEqual(endings(folder), ['.scene', '.scene', '.scene', '.scene'], 'nothing else is left');
  });
});

test('a process that is killed while it builds leaves nothing that counts', async (t) => {
  await withFolder(async (folder) => {
    const child = start(folder, '1', 'slowly');
    t.equal(await firstWords(child), 'reading');
    t.deepEqual(endings(folder).sort(), ['.tmp', '.use']);
    t.deepEqual(await new SceneCache(folder).list(), [], 'half a file is no entry');
    t.equal(endings(folder).length, 2, 'what a living process writes stays');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await new SceneCache(folder).list();
    t.deepEqual(endings(folder), [], 'what a dead one wrote goes');
    const next = start(folder, '1');
    t.match(await firstWords(next), /^[0-9a-f]{64}$/, 'the next one builds it');
  });
});
