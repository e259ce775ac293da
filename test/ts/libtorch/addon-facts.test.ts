import { join } from 'node:path';
import test from 'tape';
import { type AddonFacts, checkLoadable, readAddonFacts } from '../../../ts/libtorch/addon-facts.js';
import type { LibTorch } from '../../../ts/libtorch/locate.js';
import type { SystemLibraries } from '../../../ts/libtorch/system.js';
import { withOwnPlaces, writeFiles } from './own-places.js';

const addon: AddonFacts = {
  file: 'hyperlift.node',
  libtorch: '2.13.0',
  floor: { GLIBC: '2.34', GLIBCXX: '3.4.29' },
};
const libtorch: LibTorch = {
  folder: '/opt/libtorch',
  lib: '/opt/libtorch/lib',
  version: '2.13.2',
  cuda: null,
  headers: false,
  from: 'environment',
  why: '',
};
const system: SystemLibraries = { libc: 'glibc', versions: { GLIBC: '2.36', GLIBCXX: '3.4.30' } };

function refusal(found: LibTorch, host: SystemLibraries): { code?: string; message?: string } {
  try {
    checkLoadable(addon, found, host);
    return {};
  } catch (error) {
    return error as Error & { code: string };
  }
}

test('another patch release of the same minor may be loaded', (t) => {
  t.deepEqual(refusal(libtorch, system), {});
  t.end();
});

test('another minor release is refused before anything is loaded', (t) => {
  const { code, message = '' } = refusal({ ...libtorch, version: '2.11.0' }, system);
  t.equal(code, 'LIBTORCH_VERSION');
  t.match(message, /built for LibTorch 2\.13.*2\.11\.0.*\/opt\/libtorch.*install.*sources/);
  t.end();
});

test('an older glibc or libstdc++ is named with both versions', {
  skip: process.platform !== 'linux',
}, (t) => {
  const old = refusal(libtorch, { libc: 'glibc', versions: { GLIBC: '2.31', GLIBCXX: '3.4.30' } });
  t.equal(old.code, 'ADDON_SYSTEM');
  t.match(old.message ?? '', /GLIBC 2\.34.*2\.31/);
  const oldCpp = refusal(libtorch, { libc: 'glibc', versions: { GLIBC: '2.36', GLIBCXX: '3.4.9' } });
  t.match(oldCpp.message ?? '', /GLIBCXX 3\.4\.29.*3\.4\.9/);
  t.end();
});

test('musl is named', { skip: process.platform !== 'linux' }, (t) => {
  const { code, message = '' } = refusal(libtorch, { libc: 'musl', versions: {} });
  t.equal(code, 'ADDON_SYSTEM');
  t.match(message, /musl.*glibc 2\.34/);
  t.end();
});

test('an addon without its JSON is unrecorded, one with damaged JSON is an error', async (t) => {
  await withOwnPlaces((folder) => {
    const file = join(folder, 'hyperlift.node');
    t.deepEqual(readAddonFacts(file), { file, libtorch: null, floor: {} });
    writeFiles(folder, { 'hyperlift.json': '{"libtorch":"2.13.0","floor":{"GLIBC":"2.34"}}' });
    t.deepEqual(readAddonFacts(file), { file, libtorch: '2.13.0', floor: { GLIBC: '2.34' } });
    writeFiles(folder, { 'hyperlift.json': '{"libtorch"' });
    t.throws(() => readAddonFacts(file), /hyperlift\.json is not JSON/);
  });
});
