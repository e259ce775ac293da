import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'tape';
import { loadStep } from './load-step.js';

const { withLock } = await loadStep<{ withLock: <T>(file: string, work: () => Promise<T>) => Promise<T> }>(
  'lock',
);
const { areModulesCurrent } = await loadStep<{ areModulesCurrent: (root: string) => boolean }>(
  'node-modules',
);
const { fingerprint } = await loadStep<{ fingerprint: (root: string, files: string[]) => string }>(
  'fingerprint',
);
const { findCompiler } = await loadStep<{ findCompiler: () => string }>('addon');

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hyperlift-tools-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('two pieces of work under one lock do not overlap', async (t) => {
  await inFolder(async (folder) => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await wait(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), work)));
    t.equal(most, 1);
    t.notOk(existsSync(join(folder, 'lock')), 'the lock is given back');
  });
});

test('the lock of a process that is gone is taken over, and a failure gives it back', async (t) => {
  await inFolder(async (folder) => {
    const lock = join(folder, 'lock');
    writeFileSync(lock, '999999999');
    t.equal(await withLock(lock, async () => 'done'), 'done');
    await withLock(lock, () => Promise.reject(new Error('broken'))).then(
      () => t.fail('nothing was thrown'),
      (error: Error) => t.equal(error.message, 'broken'),
    );
    t.notOk(existsSync(lock));
  });
});

test('modules are current when what is installed is what the lock file asks for', async (t) => {
  await inFolder((folder) => {
    const write = (name: string, packages: object) => {
      mkdirSync(join(folder, 'node_modules'), { recursive: true });
      writeFileSync(join(folder, name), JSON.stringify({ packages }));
    };
    const installed = 'node_modules/.package-lock.json';
    const wanted = {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    };
    write('package-lock.json', wanted);
    t.equal(areModulesCurrent(folder), false, 'nothing is installed');
    write(installed, { 'node_modules/a': { version: '1.0.0' } });
    t.equal(areModulesCurrent(folder), true, 'an optional package of another platform may be absent');
    write(installed, { 'node_modules/a': { version: '0.9.0' } });
    t.equal(areModulesCurrent(folder), false, 'another version');
    write(installed, {});
    t.equal(areModulesCurrent(folder), false, 'a package is missing');
  });
});

test('a fingerprint changes with a name and with a content', async (t) => {
  await inFolder((folder) => {
    writeFileSync(join(folder, 'a'), 'x');
    writeFileSync(join(folder, 'b'), 'x');
    t.notEqual(fingerprint(folder, ['a']), fingerprint(folder, ['b']));
    const before = fingerprint(folder, ['a']);
    writeFileSync(join(folder, 'a'), 'y');
    t.notEqual(fingerprint(folder, ['a']), before);
  });
});

test('a missing compiler and cmake are named in one sentence with what to install', (t) => {
  const { PATH } = process.env;
  process.env.PATH = '/nowhere';
  try {
    findCompiler();
    t.fail('nothing was thrown');
  } catch (error) {
    const { message } = error as Error;
    t.match(message, /C\+\+ compiler.*cmake.*apt install build-essential cmake/);
    t.notOk(message.includes('\n'));
  } finally {
    process.env.PATH = PATH;
  }
  t.end();
});
