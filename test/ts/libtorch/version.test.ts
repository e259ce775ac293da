import { join } from 'node:path';
import test from 'tape';
import { cacheNameOf, readLibTorch, titleOf } from '../../../ts/libtorch/version.js';
import { libTorchFiles, withOwnPlaces, writeFiles } from './own-places.js';

test('a wheel states its version and CUDA release in version.py', async (t) => {
  await withOwnPlaces((folder) => {
    const facts = readLibTorch(
      writeFiles(join(folder, 'cuda'), libTorchFiles('2.13.1+cu130', { cuda: '13.0' })),
    );
    t.equal(facts?.version, '2.13.1');
    t.equal(facts?.cuda, '13.0');
    t.equal(facts && cacheNameOf(facts), '2.13.1-cu130');
    t.equal(facts && titleOf(facts), 'LibTorch 2.13.1 (CUDA 13.0)');
    const plain = readLibTorch(
      writeFiles(join(folder, 'cpu'), libTorchFiles('2.13.0+cpu', { headers: false })),
    );
    t.equal(plain?.cuda, null);
    t.equal(plain?.headers, false);
  });
});

test('an archive states its version in build-version', async (t) => {
  await withOwnPlaces((folder) => {
    const { 'version.py': _python, ...files } = libTorchFiles('');
    const facts = readLibTorch(writeFiles(folder, { ...files, 'build-version': '2.12.0+cpu\n' }));
    t.equal(facts?.version, '2.12.0');
  });
});

test('without either the version is read from the header', async (t) => {
  await withOwnPlaces((folder) => {
    const { 'version.py': _python, ...files } = libTorchFiles('');
    const header =
      '#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 14\n#define TORCH_VERSION_PATCH 3\n';
    const facts = readLibTorch(
      writeFiles(folder, { ...files, 'include/torch/headeronly/version.h': header }),
    );
    t.equal(facts?.version, '2.14.3');
  });
});

test('a folder without libraries or without a version is no LibTorch', async (t) => {
  await withOwnPlaces((folder) => {
    t.equal(readLibTorch(folder), null);
    const { 'version.py': _python, ...files } = libTorchFiles('');
    t.equal(readLibTorch(writeFiles(folder, files)), null);
  });
});
