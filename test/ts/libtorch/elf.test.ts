import { existsSync } from 'node:fs';
import test from 'tape';
import { addonPlaces, readAddonFacts } from '../../../ts/libtorch/addon-facts.js';
import { compareVersions, readElfNeeds } from '../../../ts/libtorch/elf.js';
import { systemLibraries } from '../../../ts/libtorch/system.js';
import { withOwnPlaces, writeFiles } from './own-places.js';

const elf = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
const built = addonPlaces().find((file) => existsSync(file));

test("the addon's needs are read off its ELF tables", { skip: !elf || built === undefined }, (t) => {
  const needs = readElfNeeds(built ?? '');
  t.ok(needs.libraries.includes('libtorch_cpu.so'), 'it names LibTorch');
  t.notOk(needs.libraries.includes('libtorch_cuda.so'), 'and not CUDA, so that it loads without');
  t.match(needs.versions.GLIBC ?? '', /^2\.\d+$/);
  t.match(needs.versions.GLIBCXX ?? '', /^3\.4\.\d+$/);
  const { floor } = readAddonFacts(built ?? '');
  if (Object.keys(floor).length > 0) t.deepEqual(floor, needs.versions, 'the JSON beside it says the same');
  t.end();
});

test('node itself runs, so this system offers what node needs', { skip: !elf }, (t) => {
  const needed = readElfNeeds(process.execPath).versions.GLIBC ?? '0';
  const { libc, versions } = systemLibraries();
  if (libc === 'glibc')
    t.ok(compareVersions(versions.GLIBC ?? '0', needed) >= 0, `${versions.GLIBC} >= ${needed}`);
  else t.skip(`this system's C library is ${libc}`);
  t.end();
});

test('versions compare by number, part by part', (t) => {
  t.ok(compareVersions('2.9', '2.34') < 0);
  t.ok(compareVersions('3.4.30', '3.4.9') > 0);
  t.ok(compareVersions('2.34', '2.34.0') === 0);
  t.end();
});

test('a file that is no ELF library is refused by name', async (t) => {
  await withOwnPlaces((folder) => {
    writeFiles(folder, {
      short: 'x',
      long: 'x'.repeat(100),
      'cut.so': `\x7fELF\x02\x01${'\xff'.repeat(80)}`,
    });
    for (const name of ['short', 'long', 'cut.so']) {
      t.throws(() => readElfNeeds(`${folder}/${name}`), { code: 'DATA_ELF' } as unknown as RegExp, name);
    }
  });
});
