import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { ModelError } from '../../../ts/errors.js';
import {
  entryValues,
  readSafetensors,
  readSafetensorsHeader,
  type TensorEntries,
  tensorEntry,
  writeAtomically,
  writeSafetensors,
} from '../../../ts/io/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';

const tensors: TensorEntries = new Map([
  ['a.weight', tensorEntry('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6.5))],
  ['flags', tensorEntry('bool', [3], Uint8Array.of(1, 0, 1))],
  ['count', tensorEntry('int64', [], BigInt64Array.of(40n))],
  ['half', tensorEntry('bfloat16', [1, 1], Uint16Array.of(0x3f80))],
  ['none', tensorEntry('float64', [0, 4], new Float64Array())],
  ['wide', tensorEntry('float64', [2], Float64Array.of(Math.PI, -1))],
]);

test('tensors and metadata come back as they were written', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'deep', 'er', 'x.safetensors');
    const metadata = { model: 'tiny', 'odd key': 'naïve "text"\n' };
    await writeSafetensors(path, tensors, metadata);
    const back = await readSafetensors(path);
    t.same(new Set(back.tensors.keys()), new Set(tensors.keys()));
    for (const [name, entry] of tensors) {
      const found = back.tensors.get(name);
      t.same([found?.dtype, found?.shape], [entry.dtype, entry.shape], name);
      t.same(found === undefined ? null : entryValues(found), entryValues(entry), `values of ${name}`);
    }
    t.same({ ...back.metadata }, metadata);
    const header = await readSafetensorsHeader(path);
    t.equal(header.dataOffset % 8, 0);
    t.ok(
      [...header.entries.values()].every(({ begin, dtype }) => dtype !== 'float64' || begin % 8 === 0),
      'aligned',
    );
    t.same([...(await readSafetensors(path, { only: (name) => name === 'wide' })).tensors.keys()], ['wide']);
  });
});

test('equal input gives equal bytes', async (t) => {
  await withFolder(async (folder) => {
    const paths = ['a', 'b'].map((name) => join(folder, name));
    for (const path of paths) await writeSafetensors(path, tensors, { step: '7' });
    const [a, b] = await Promise.all(paths.map((path) => readFile(path)));
    t.ok(a !== undefined && b !== undefined && a.equals(b));
  });
});

/** A file of this header and this many bytes of values. */
function made(header: unknown, bytes: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(bytes)]);
}

test('every unsound header is refused', async (t) => {
  const entry = (dtype: unknown, shape: unknown, begin: unknown, end: unknown) => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  const cases: [title: string, header: unknown, bytes: number, code: string, culprit: RegExp][] = [
    ['no JSON', '{"x":', 0, 'CHECKPOINT_DAMAGED', /not JSON/],
    ['a list', [], 0, 'CHECKPOINT_DAMAGED', /not an object/],
    ['unknown dtype', { x: entry('F8_E4M3', [4], 0, 4) }, 4, 'CHECKPOINT_DTYPE', /'x' has dtype F8_E4M3/],
    ['negative size', { x: entry('F32', [-1], 0, 4) }, 4, 'CHECKPOINT_DAMAGED', /'x' has no valid shape/],
    ['odd size', { x: entry('F32', [1.5], 0, 6) }, 6, 'CHECKPOINT_DAMAGED', /'x' has no valid shape/],
    [
      'huge sizes',
      { x: entry('F32', [2 ** 40, 2 ** 40], 0, 4) },
      4,
      'CHECKPOINT_DAMAGED',
      /does not fill its bytes/,
    ],
    ['no offsets', { x: { dtype: 'F32', shape: [1] } }, 4, 'CHECKPOINT_DAMAGED', /data_offsets/],
    ['negative offset', { x: entry('F32', [1], -4, 0) }, 4, 'CHECKPOINT_DAMAGED', /data_offsets/],
    ['wrong length', { x: entry('F32', [1], 0, 8) }, 8, 'CHECKPOINT_DAMAGED', /'x' F32 \[1\] does not fill/],
    [
      'overlap',
      { x: entry('F32', [1], 0, 4), y: entry('F32', [1], 2, 6) },
      6,
      'CHECKPOINT_DAMAGED',
      /'y' starts at 2/,
    ],
    [
      'gap',
      { x: entry('F32', [1], 0, 4), y: entry('F32', [1], 8, 12) },
      12,
      'CHECKPOINT_DAMAGED',
      /'y' starts at 8/,
    ],
    ['cut off', { x: entry('F32', [4], 0, 16) }, 12, 'CHECKPOINT_TRUNCATED', /names 16 bytes.*holds 12/],
    ['bytes behind', { x: entry('F32', [1], 0, 4) }, 9, 'CHECKPOINT_DAMAGED', /5 bytes after the last/],
    ['metadata of numbers', { __metadata__: { step: 1 } }, 0, 'CHECKPOINT_DAMAGED', /metadata 'step'/],
    ['an entry that is a number', { x: 3 }, 0, 'CHECKPOINT_DAMAGED', /'x' is not an object/],
  ];
  await withFolder(async (folder) => {
    const path = join(folder, 'x.safetensors');
    for (const [title, header, bytes, code, culprit] of cases) {
      await writeFile(path, made(header, bytes));
      await failsWith(t, readSafetensors(path), code, culprit, title);
    }
    await writeFile(path, 'PK\x03\x04 something else entirely');
    await failsWith(t, readSafetensors(path), 'CHECKPOINT_FORMAT', /not a safetensors file/);
    await writeFile(path, '');
    await failsWith(t, readSafetensors(path), 'CHECKPOINT_EMPTY', /x\.safetensors/);
    await failsWith(t, readSafetensors(join(folder, 'none')), 'CHECKPOINT_MISSING', /none: no such file/);
    await failsWith(t, readSafetensors(folder), 'CHECKPOINT_UNREADABLE', /is not a file/);
  });
});

test('a file cut off anywhere is refused', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.safetensors');
    await writeSafetensors(path, tensors, { model: 'tiny' });
    const whole = await readFile(path);
    const wrong: string[] = [];
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length));
      const error = await readSafetensors(path).then(
        () => null,
        (cause: unknown) => cause,
      );
      if (!(error instanceof ModelError)) wrong.push(`cut at ${length}: ${String(error)}`);
    }
    t.same(wrong, []);
  });
});

test('what cannot be written leaves what was there', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'kept.safetensors');
    await writeSafetensors(path, tensors);
    const before = await readFile(path);
    const wrong: TensorEntries = new Map([['x', { dtype: 'float32', shape: [3], data: new Uint8Array(8) }]]);
    await failsWith(
      t,
      writeSafetensors(path, wrong),
      'CHECKPOINT_SHAPE',
      /'x' float32 \[3\] needs 12 bytes, 8/,
    );
    const stopped = writeAtomically(path, async (handle) => {
      await handle.write('half of it');
      throw new Error('stopped');
    });
    await failsWith(t, stopped, 'DATA_WRITE', /kept\.safetensors: cannot be written: stopped/);
    t.ok((await readFile(path)).equals(before));
    t.same(await readdir(folder), ['kept.safetensors'], 'no temporary is left');
    await failsWith(
      t,
      writeSafetensors('/dev/full', tensors),
      'RUN_DISK_FULL',
      /\/dev\/full: the disk is full/,
    );
    await failsWith(t, writeSafetensors('/proc/none/x', tensors), 'DATA_WRITE', /\/proc\/none\/x/);
    await failsWith(t, writeSafetensors(folder, tensors), 'DATA_WRITE', /is a folder/);
    await failsWith(
      t,
      writeSafetensors(join(path, 'below'), tensors),
      'DATA_WRITE',
      /below: cannot be written/,
    );
    t.throws(() => tensorEntry('float32', [2], new Float32Array(3)), /3 were given/);
  });
});

test('an unwritable folder is named', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  await withFolder(async (folder) => {
    await chmod(folder, 0o500);
    await failsWith(t, writeSafetensors(join(folder, 'x'), tensors), 'DATA_WRITE', /no permission/);
    await chmod(folder, 0o700);
  });
});

test('temporaries of dead processes are cleaned up, of living ones left alone', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.safetensors');
    // Process ids end at 4194304 on Linux: this one cannot be alive.
    const dead = join(folder, '.x.safetensors.99999999.tmp');
    const living = join(folder, `.x.safetensors.${process.ppid}.tmp`);
    for (const name of [dead, living, join(folder, '.y.safetensors.99999999.tmp')])
      await writeFile(name, 'left');
    await writeSafetensors(path, tensors);
    t.same((await readdir(folder)).sort(), [
      `.x.safetensors.${process.ppid}.tmp`,
      '.y.safetensors.99999999.tmp',
      'x.safetensors',
    ]);
  });
});
