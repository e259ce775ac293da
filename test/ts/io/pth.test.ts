import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { ModelError } from '../../../ts/errors.js';
import {
  entryValues,
  readPth,
  readWeights,
  type TensorEntries,
  writeSafetensors,
} from '../../../ts/io/index.js';
import { type PickleObject, type PickleValue, unpickle } from '../../../ts/io/pickle.js';
import { failsWith } from '../failure.js';
import { fixture, sharedFolder } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

const file = (name: string) => fixture('pth', name);

function values(tensors: TensorEntries, name: string): number[] {
  const entry = tensors.get(name);
  return entry === undefined ? [] : Array.from(entryValues(entry), Number);
}

/** The four tensors of the fixtures' state dict. */
function isState(t: test.Test, tensors: TensorEntries, title: string): void {
  t.same(
    [...tensors.keys()],
    ['conv.weight', 'conv.bias', 'bn.num_batches_tracked', 'scale'],
    `${title}: names in order`,
  );
  t.same(
    [...tensors.values()].map(({ dtype, shape }) => [dtype, shape]),
    [
      ['float32', [4, 3, 2, 1]],
      ['float32', [4]],
      ['int64', []],
      ['float64', [2]],
    ],
    `${title}: dtypes and shapes`,
  );
  t.same(
    values(tensors, 'conv.weight'),
    Array.from({ length: 24 }, (_, i) => i / 2),
    `${title}: values`,
  );
  t.same(values(tensors, 'conv.bias'), [100, 100.5, 101, 101.5]);
  t.same(values(tensors, 'bn.num_batches_tracked'), [40]);
  t.same(values(tensors, 'scale'), [-1, -0.5]);
}

test('zip and legacy files, stored or deflated, of either byte order, give the same weights', async (t) => {
  const names = ['zip', 'legacy', 'zip-big-endian', 'legacy-big-endian', 'deflated', 'no-byteorder'];
  for (const name of names) {
    const { tensors, container, under, notes } = await readPth(file(`${name}.pth`));
    isState(t, tensors, name);
    t.equal(container, name.startsWith('legacy') ? 'legacy' : 'zip');
    t.equal(under, null);
    t.same(notes, []);
  }
});

test("training checkpoints: the weights are found, 'module.' is taken off, plain values are kept", async (t) => {
  for (const name of ['zip-checkpoint', 'legacy-checkpoint']) {
    const { tensors, metadata, under, notes } = await readPth(file(`${name}.pth`));
    isState(t, tensors, name);
    t.equal(under, 'state_dict');
    t.same(notes, ["the prefix 'module.' of every name was taken off"]);
    t.same(
      { ...metadata, config: { ...(metadata.config as object) } },
      {
        epoch: 12,
        iter: 3400,
        best: 31.25,
        config: { bands: 31, sizes: [1, 2], name: 'tiny' },
      },
    );
  }
  const mixed = await readPth(file('mixed.pth'));
  isState(t, mixed.tensors, 'tensors beside a number');
  t.match(mixed.notes.join(), /1 entries beside the tensors/);
  isState(t, (await readPth(file('numpy-scalar.pth'))).tensors, 'beside a NumPy scalar');
  t.equal((await readPth(file('numpy-scalar.pth'))).metadata.best, 27.5);
});

test('of several networks one must be named', async (t) => {
  const several = file('three-networks.pth');
  await failsWith(t, readPth(several), 'CHECKPOINT_AMBIGUOUS', /'generator', 'critic', 'ema\/model'.*--key/);
  isState(t, (await readPth(several, { key: 'critic' })).tensors, 'critic');
  isState(t, (await readPth(several, { key: 'ema/model' })).tensors, 'by path');
  await failsWith(t, readPth(several, { key: 'encoder' }), 'CHECKPOINT_KEY', /'encoder'.*'generator'/);
  await failsWith(t, readPth(file('no-weights.pth')), 'CHECKPOINT_NO_WEIGHTS', /no-weights\.pth/);
});

test('views of a storage become contiguous tensors', async (t) => {
  const { tensors } = await readPth(file('strided.pth'));
  const half = (...numbers: number[]) => numbers.map((i) => i / 2);
  t.same(values(tensors, 'transposed'), half(0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11));
  t.same(values(tensors, 'part'), half(5, 6, 9, 10));
  t.same(values(tensors, 'repeated'), half(2, 3, 2, 3, 2, 3));
  t.same(values(tensors, 'empty'), []);
  t.same(tensors.get('empty')?.shape, [0, 4]);
  t.same(values(tensors, 'one'), [5.5]);
  const { tensors: halves } = await readPth(file('half.pth'));
  t.equal(halves.get('x')?.dtype, 'float16');
  t.same(values(halves, 'x'), [0, 0x3800, 0x3c00, 0x3e00], 'float16 as bits');
  await failsWith(t, readPth(file('int8.pth')), 'CHECKPOINT_DTYPE', /'x' is a CharTensor/);
});

test('a pickle that could run code is refused, and nothing of it runs', async (t) => {
  for (const name of ['hostile.pth', 'hostile-legacy.pth']) {
    await failsWith(t, readPth(file(name)), 'CHECKPOINT_UNSAFE', /refused: it names '(posix|nt|os)\.system'/);
  }
  t.notOk(existsSync('a-hostile-pickle-ran'));
  await failsWith(t, readPth(file('foreign-class.pth')), 'CHECKPOINT_UNSAFE', /'torch\.load'/);
});

test('damaged files and traps are refused', async (t) => {
  const cases: [name: string, code: string, culprit: RegExp][] = [
    [
      'beyond-storage.pth',
      'CHECKPOINT_DAMAGED',
      /sizes \[3\] and strides \[1\] at 2 reaches beyond its 4 values/,
    ],
    ['negative.pth', 'CHECKPOINT_DAMAGED', /without sound sizes/],
    ['endless.pth', 'CHECKPOINT_DAMAGED', /would take 480000000 bytes/],
    ['short-storage.pth', 'CHECKPOINT_DAMAGED', /storage '0' has 40 bytes, its tensors need 96/],
    ['lost-storage.pth', 'CHECKPOINT_DAMAGED', /values of storage '1' are missing/],
    ['checksum.pth', 'CHECKPOINT_DAMAGED', /'archive\/data\/1' differs from its checksum/],
    ['bomb.pth', 'CHECKPOINT_DAMAGED', /claims 4294967280 bytes.*bomb/],
    ['other-zip.pth', 'CHECKPOINT_FORMAT', /no data\.pkl/],
    ['plain-pickle.pth', 'CHECKPOINT_FORMAT', /not one that torch\.save wrote/],
    ['same-dict-everywhere.pth', 'CHECKPOINT_NO_WEIGHTS', /same-dict/],
    ['make.py', 'CHECKPOINT_FORMAT', /make\.py: not a file that torch\.save wrote/],
    ['none.pth', 'CHECKPOINT_MISSING', /none\.pth/],
  ];
  for (const [name, code, culprit] of cases) await failsWith(t, readPth(file(name)), code, culprit, name);
  isState(t, (await readPth(file('cyclic.pth'))).tensors, 'a dict that holds itself');
});

test('a file cut off anywhere is refused', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'cut.pth');
    for (const name of ['zip-checkpoint.pth', 'legacy-checkpoint.pth', 'deflated.pth']) {
      const whole = await readFile(file(name));
      const wrong: string[] = [];
      for (let length = 0; length < whole.length; length += 7) {
        await writeFile(path, whole.subarray(0, length));
        const error = await readPth(path).then(
          () => null,
          (cause: unknown) => cause,
        );
        if (!(error instanceof ModelError)) wrong.push(`cut at ${length}: ${String(error)}`);
      }
      t.same(wrong, [], name);
    }
  });
});

test('a file with any byte changed gives weights or an error of ours', async (t) => {
  await withFolder(async (folder) => {
    const path = join(folder, 'changed.pth');
    for (const name of ['zip-checkpoint.pth', 'legacy-checkpoint.pth', 'deflated.pth']) {
      const whole = await readFile(file(name));
      const wrong: string[] = [];
      for (let at = 0; at < whole.length; at++) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (at % 2 === 0 ? 0xff : 0x01);
        await writeFile(path, changed);
        await readPth(path).catch((cause: unknown) => {
          if (!(cause instanceof ModelError)) wrong.push(`byte ${at}: ${String(cause)}`);
        });
      }
      t.same(wrong, [], name);
    }
  });
});

const noRules = {
  global: (): PickleObject => ({ kind: 'never' }),
  reduce: (): PickleValue => null,
  build: (): PickleValue => null,
  persistent: (): PickleValue => null,
};

test('plain values come out of every protocol of pickle', async (t) => {
  const bytes = await readFile(file('opcodes.pkl'));
  let start = 0;
  for (let protocol = 0; protocol < 6; protocol++) {
    const { value, end } = unpickle('opcodes.pkl', bytes, start, noRules);
    start = end;
    const dict = value instanceof Map ? value : new Map();
    const expected: Record<string, PickleValue> = {
      none: null,
      yes: true,
      no: false,
      small: 7,
      medium: 40000,
      negative: -5,
      long: 2 ** 40,
      huge: -(2n ** 70n),
      half: 0.5,
      text: 'naïve 🌈',
      'long text': 'x'.repeat(300),
      list: [1, [2, []]],
      tuples: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
    };
    for (const [key, wanted] of Object.entries(expected))
      t.same(dict.get(key), wanted, `protocol ${protocol}: ${key}`);
    if (protocol > 3) t.same([...dict.get('bytes')], [0, 255]);
  }
  t.equal(start, bytes.length);
});

test('readWeights tells the container by content', async (t) => {
  await withFolder(async (folder) => {
    const { tensors } = await readWeights(file('legacy.pth'));
    isState(t, tensors, 'legacy');
    const path = join(folder, 'x.pth');
    await writeSafetensors(path, tensors, { made: 'here' });
    const back = await readWeights(path);
    t.equal(back.container, 'safetensors');
    t.equal(back.metadata.made, 'here');
    t.same(values(back.tensors, 'scale'), [-1, -0.5]);
  });
});

interface Expected {
  container: string;
  weights_under: string | null;
  module_prefix: boolean;
  tensors: number;
  total_params: number;
  keys: { key: string; shape: number[]; dtype: string; sum: number }[];
  sum_of_all: number;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

test('six published checkpoints have the tensors that PyTorch found in them', async (t) => {
  const pack = sharedFolder('data', 'pack');
  if (pack === null) return t.skip('the folder ../shared/data/pack is not there');
  const all: Record<string, Expected> = JSON.parse(
    await readFile(join(pack, 'expected.json'), 'utf8'),
  ).checkpoints;
  for (const [name, expected] of Object.entries(all)) {
    const key = name.includes('PanGAN') ? { key: 'psnet' } : {};
    const found = await readPth(join(pack, name), key);
    t.ok(expected.container.startsWith(found.container), `${name}: ${found.container}`);
    t.equal(found.under, expected.weights_under, 'place of the weights');
    t.equal(found.tensors.size, expected.tensors, 'number of tensors');
    const names = [...found.tensors.keys()];
    t.equal(
      sum(names.map((item) => values(found.tensors, item).length)),
      expected.total_params,
      'parameters',
    );
    t.ok(near(sum(names.map((item) => sum(values(found.tensors, item)))), expected.sum_of_all), 'sum of all');
    for (const { key: full, shape, dtype, sum: wanted } of expected.keys) {
      const own = expected.module_prefix ? full.replace(/^module\./, '') : full;
      const entry = found.tensors.get(own);
      t.same([entry?.shape, entry?.dtype], [shape, dtype], own);
      t.ok(near(sum(values(found.tensors, own)), wanted), `sum of ${own}`);
    }
  }
});
