import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { installLibTorch, useLibTorch } from '../../../ts/libtorch/install.js';
import { locateLibTorch } from '../../../ts/libtorch/locate.js';
import { cacheFolder } from '../../../ts/libtorch/places.js';
import { makeZip } from './make-zip.js';
import { libTorchFiles, withOwnPlaces, writeFiles } from './own-places.js';

function wheel(folder: string, version: string): string {
  const file = join(folder, `torch-${version}.whl`);
  const files = Object.entries(libTorchFiles(version)).map(([name, content]) => ({
    name: `torch/${name}`,
    content,
  }));
  const licence = { name: `torch-${version}.dist-info/licenses/LICENSE`, content: 'terms' };
  writeFileSync(file, makeZip([...files, { name: 'torch/nn/module.py', content: 'python' }, licence]));
  return file;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: { code: string }) => error.code,
  );
}

test('a wheel is unpacked into the cache, with its licences and nothing else, and is found there', async (t) => {
  await withOwnPlaces(async (folder) => {
    const said: string[] = [];
    const facts = await installLibTorch({
      file: wheel(folder, '2.13.0+cpu'),
      report: (line) => said.push(line),
    });
    t.equal(facts.folder, join(cacheFolder(), '2.13.0-cpu'));
    t.ok(existsSync(join(facts.folder, 'licenses/LICENSE')));
    t.notOk(existsSync(join(facts.folder, 'nn')));
    t.deepEqual(readdirSync(cacheFolder()), ['2.13.0-cpu'], 'nothing temporary is left');
    t.ok(said.some((line) => line.includes('torch-2.13.0+cpu.whl')));
    t.equal(locateLibTorch({ forBuilding: true }).folder, facts.folder);
    t.equal(
      (await installLibTorch({ file: wheel(folder, '2.13.0+cpu') })).folder,
      facts.folder,
      'a second time too',
    );
  });
});

test('a file that is missing or holds no LibTorch, or one too old, is refused and leaves nothing', async (t) => {
  await withOwnPlaces(async (folder) => {
    t.equal(await codeOf(installLibTorch({ file: join(folder, 'absent.whl') })), 'LIBTORCH_FILE');
    writeFileSync(join(folder, 'foreign.whl'), makeZip([{ name: 'numpy/a.py', content: '' }]));
    t.equal(await codeOf(installLibTorch({ file: join(folder, 'foreign.whl') })), 'LIBTORCH_FILE');
    t.equal(await codeOf(installLibTorch({ file: wheel(folder, '2.4.0+cpu') })), 'LIBTORCH_VERSION');
    t.deepEqual(readdirSync(cacheFolder()), []);
  });
});

test('what a killed fetch left is removed by the next', async (t) => {
  await withOwnPlaces(async (folder) => {
    writeFiles(join(cacheFolder(), '.fetching-999999999-abc'), { part: 'x' });
    await installLibTorch({ file: wheel(folder, '2.13.0+cpu') });
    t.deepEqual(readdirSync(cacheFolder()), ['2.13.0-cpu']);
  });
});

test('a fetch without any network says all that was tried and what to set', async (t) => {
  await withOwnPlaces(async () => {
    const { PATH, PIP_NO_INDEX } = process.env;
    const { fetch } = globalThis;
    process.env.PATH = '/nowhere';
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no route') }));
    try {
      await installLibTorch();
      t.fail('nothing was thrown');
    } catch (error) {
      const { code, message } = error as Error & { code: string };
      t.equal(code, 'LIBTORCH_FETCH');
      for (const part of [
        /pip is not installed/,
        /official archive|no route/,
        /LIBTORCH/,
        /libtorch install FILE/,
      ]) {
        t.match(message, part);
      }
    } finally {
      process.env.PATH = PATH;
      globalThis.fetch = fetch;
      if (PIP_NO_INDEX !== undefined) process.env.PIP_NO_INDEX = PIP_NO_INDEX;
    }
  });
});

test('`use` refuses a folder without LibTorch', async (t) => {
  await withOwnPlaces(async (folder) => {
    t.equal(await codeOf(useLibTorch(folder)), 'LIBTORCH_MISSING');
  });
});
