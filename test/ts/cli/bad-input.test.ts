import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import test from 'tape';
import { writeCube } from '../../../ts/data/index.js';
import { readSafetensors, type TensorEntries, tensorEntry, writeSafetensors } from '../../../ts/io/index.js';
import { fixture } from '../shared-folder.js';
import { inFolder, tinyCube, tinyFlags, writeTinyPhoto, writeTinyScenes } from '../train/tiny-scenes.js';
import { hyperlift } from './hyperlift.js';

interface Case {
  what: string;
  argv: readonly string[];
  status: number;
  words: RegExp;
  env?: Record<string, string>;
}

/** A grey picture of 8 by `height` pixels. */
async function writeBand(file: string, height: number): Promise<void> {
  const raw = { width: 8, height, channels: 1 } as const;
  await sharp(new Uint8Array(8 * height).fill(9), { raw })
    .png()
    .toFile(file);
}

/** A folder of data for each way in which data can be wrong. */
async function badData(folder: string): Promise<Case[]> {
  const train = (data: string): string[] => [
    'train',
    ...tinyFlags,
    '--data',
    data,
    '--steps',
    '1',
    '--out',
    join(folder, 'out'),
  ];
  const place = async (name: string): Promise<string> => {
    await mkdir(join(folder, name));
    return join(folder, name);
  };
  const of = async (name: string): Promise<string[]> => {
    const data = await place(name);
    await copyFile(fixture('mat', `${name}.mat`), join(data, `${name}.mat`));
    return train(data);
  };
  const cut = await place('cut');
  const whole = await readFile(fixture('mat', 'little-uint16.mat'));
  await writeFile(join(cut, 'cut.mat'), whole.subarray(0, whole.length - 40));
  const uneven = await place('uneven');
  for (let band = 1; band <= 31; band++) {
    await writeBand(join(uneven, `uneven_${String(band).padStart(2, '0')}.png`), band === 4 ? 9 : 8);
  }
  const cloudy = await place('not-finite');
  const { data: values, ...cube } = tinyCube(1);
  const floats = Float32Array.from(values, (value, i) => (i === 700 ? Number.NaN : value / 65535));
  await writeCube(join(cloudy, 'cloudy.mat'), { ...cube, data: floats, dtype: 'float32', fullScale: 1 });
  const foreign = await place('foreign');
  await writeFile(join(foreign, 'foreign.mat'), 'a letter, not a cube');
  return [
    { what: 'no such folder', argv: train(join(folder, 'none')), status: 1, words: /none.*DATA_MISSING/ },
    { what: 'a .mat without a cube', argv: await of('no-cube'), status: 1, words: /no-cube\.mat.*DATA_/ },
    {
      what: 'a .mat with two',
      argv: await of('two-cubes'),
      status: 1,
      words: /two-cubes\.mat.*DATA_VARIABLE_AMBIGUOUS/,
    },
    { what: 'NaN in data', argv: train(cloudy), status: 1, words: /cloudy.*DATA_NOT_FINITE/ },
    { what: 'a file cut off', argv: train(cut), status: 1, words: /cut\.mat.*DATA_/ },
    { what: 'bands that disagree', argv: train(uneven), status: 1, words: /uneven_04\.png.*DATA_/ },
    { what: 'a foreign file', argv: train(foreign), status: 1, words: /foreign.*DATA_/ },
  ];
}

/** Checkpoints that do not fit. */
async function badCheckpoints(folder: string, run: string): Promise<Case[]> {
  const photo = join(folder, 'photo.png');
  await writeTinyPhoto(photo, 0);
  const out = join(folder, 'cube.mat');
  const { tensors, metadata } = await readSafetensors(join(run, 'best.safetensors'));
  const [key = ''] = tensors.keys();
  const changed = async (name: string, change: (weights: TensorEntries) => void): Promise<string[]> => {
    const weights: TensorEntries = new Map(tensors);
    change(weights);
    const file = join(folder, `${name}.safetensors`);
    await writeSafetensors(file, weights, metadata);
    return ['reconstruct', photo, '--checkpoint', file, '--out', out];
  };
  const lacking = await changed('lacking', (weights) => weights.delete(key));
  const surplus = await changed('surplus', (weights) =>
    weights.set('extra', tensorEntry('float32', [1], new Float32Array(1))),
  );
  const misshapen = await changed('misshapen', (weights) =>
    weights.set(key, tensorEntry('float32', [1], new Float32Array(1))),
  );
  const mismatch = (file: string) => new RegExp(`${file}\\.safetensors.*CHECKPOINT_MISMATCH`);
  const good = ['reconstruct', photo, '--checkpoint', run, '--out'];
  return [
    { what: 'a missing key', argv: lacking, status: 1, words: mismatch('lacking') },
    { what: 'a surplus key', argv: surplus, status: 1, words: /extra.*CHECKPOINT_MISMATCH/ },
    { what: 'a misshapen key', argv: misshapen, status: 1, words: mismatch('misshapen') },
    {
      what: 'a full disk',
      argv: [...good, '/dev/full', '--format', 'mat'],
      status: 1,
      words: /\/dev\/full.*RUN_DISK_FULL/,
    },
    {
      what: 'an unwritable place',
      argv: [...good, join(photo, 'cube.mat')],
      status: 1,
      words: /photo\.png.*cube\.mat.*DATA_WRITE/,
    },
    {
      what: 'no LibTorch',
      argv: good.concat(out),
      status: 3,
      words: /LIBTORCH_MISSING/,
      env: { LIBTORCH: join(folder, 'nowhere') },
    },
  ];
}

test('bad input is one sentence with a code, a status, and no stack trace', async (t) => {
  await inFolder(async (folder) => {
    const scenes = await writeTinyScenes(folder);
    const run = join(folder, 'run');
    await hyperlift(['train', ...tinyFlags, '--data', scenes, '--steps', '1', '--out', run]);
    const before = await readFile(join(run, 'best.safetensors'));
    for (const { what, argv, status, words, env } of [
      ...(await badData(folder)),
      ...(await badCheckpoints(folder, run)),
    ]) {
      const outcome = await hyperlift(argv, env === undefined ? {} : { env });
      t.equal(outcome.status, status, `${what}: status ${status}`);
      const said = outcome.stderr.split('\n').filter((line) => /^hyperlift:|^ +at /.test(line));
      t.equal(said.length, 1, `${what}: one line`);
      t.match(said[0] ?? '', words, what);
      t.match(said[0] ?? '', /^hyperlift: .*[^.] \([A-Z_]+\)$/, `${what}: a sentence and a code`);
    }
    t.ok(before.equals(await readFile(join(run, 'best.safetensors'))), 'what was there is as it was');
  });
});
