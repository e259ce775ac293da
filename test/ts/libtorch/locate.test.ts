import { join } from 'node:path';
import test from 'tape';
import { useLibTorch } from '../../../ts/libtorch/install.js';
import { listLibTorch } from '../../../ts/libtorch/list.js';
import { locateLibTorch } from '../../../ts/libtorch/locate.js';
import { cacheFolder, choiceFile, ownVersion } from '../../../ts/libtorch/places.js';
import { libTorchFiles, withOwnPlaces, writeFiles } from './own-places.js';

function codeOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    return { code, message };
  }
  return { code: 'nothing was thrown', message: '' };
}

test('LIBTORCH in the environment wins over a choice, a choice over the cache', async (t) => {
  await withOwnPlaces(async (folder) => {
    const cached = writeFiles(
      join(cacheFolder(), `${ownVersion()}-cpu`),
      libTorchFiles(`${ownVersion()}+cpu`),
    );
    t.equal(locateLibTorch({ forBuilding: true }).folder, cached);
    t.equal(locateLibTorch({ forBuilding: true }).from, 'cache');

    const chosen = writeFiles(join(folder, 'chosen'), libTorchFiles('2.13.0+cu130', { cuda: '13.0' }));
    await useLibTorch(chosen);
    t.equal(locateLibTorch().folder, chosen);
    t.equal(locateLibTorch().cuda, '13.0');

    process.env.LIBTORCH = writeFiles(join(folder, 'set'), libTorchFiles('2.11.0'));
    const { from, why, version } = locateLibTorch();
    t.deepEqual([from, version], ['environment', '2.11.0']);
    t.match(why, /LIBTORCH in the environment/);
    t.deepEqual(
      listLibTorch()
        .filter(({ from: origin }) => origin !== 'platform-package')
        .map(({ from: origin, current }) => [origin, current]),
      [
        ['environment', true],
        ['chosen', false],
        ['cache', false],
      ],
    );

    delete process.env.LIBTORCH;
    await useLibTorch(null);
    t.equal(locateLibTorch({ forBuilding: true }).folder, cached);
  });
});

test('the cache gives the CPU build of our own minor release, never another minor', async (t) => {
  await withOwnPlaces(() => {
    writeFiles(join(cacheFolder(), '2.11.0-cpu'), libTorchFiles('2.11.0+cpu'));
    t.equal(codeOf(() => locateLibTorch({ forBuilding: true })).code, 'LIBTORCH_MISSING');
    writeFiles(join(cacheFolder(), '2.13.9-cu130'), libTorchFiles('2.13.9+cu130', { cuda: '13.0' }));
    t.equal(locateLibTorch({ forBuilding: true }).cuda, '13.0');
    writeFiles(join(cacheFolder(), '2.13.9-cpu'), libTorchFiles('2.13.9+cpu'));
    t.equal(locateLibTorch({ forBuilding: true }).cuda, null);
  });
});

test('no LibTorch is one sentence that names every place and what to do', async (t) => {
  await withOwnPlaces(() => {
    const { code, message } = codeOf(() => locateLibTorch({ forBuilding: true }));
    t.equal(code, 'LIBTORCH_MISSING');
    for (const part of [/LIBTORCH is not set/, /libtorch use/, /libtorch install/, /hyperlift-libtorch-/])
      t.match(message, part);
    t.notOk(message.includes('\n'), 'it is one line');
  });
});

test('a folder that the user named and that does not fit is named, not passed over', async (t) => {
  await withOwnPlaces((folder) => {
    writeFiles(join(cacheFolder(), `${ownVersion()}-cpu`), libTorchFiles(`${ownVersion()}+cpu`));
    process.env.LIBTORCH = join(folder, 'nowhere');
    const absent = codeOf(() => locateLibTorch());
    t.equal(absent.code, 'LIBTORCH_MISSING');
    t.ok(absent.message.includes(join(folder, 'nowhere')));
    process.env.LIBTORCH = writeFiles(join(folder, 'old'), libTorchFiles('2.4.1'));
    const old = codeOf(() => locateLibTorch());
    t.equal(old.code, 'LIBTORCH_VERSION');
    t.match(old.message, /2\.4\.1.*2\.13/);
  });
});

test('a damaged choice is named with its file', async (t) => {
  await withOwnPlaces(() => {
    writeFiles('/', { [choiceFile()]: '{"folder": 3' });
    const { code, message } = codeOf(() => locateLibTorch());
    t.equal(code, 'LIBTORCH_CHOICE_DAMAGED');
    t.ok(message.includes(choiceFile()));
  });
});
