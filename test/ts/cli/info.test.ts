import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { type CubeData, writeCube } from '../../../ts/data/index.js';
import { tensorEntry, writeSafetensors } from '../../../ts/io/index.js';
import { hyperlift } from './hyperlift.js';

test('info tells what a checkpoint holds, and refuses what it cannot read', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'hyperlift-'));
  const file = join(folder, 'a.safetensors');
  const entries = new Map([
    ['conv.weight', tensorEntry('float32', [2, 3], new Float32Array(6))],
    ['optimizer/conv.weight/exp_avg', tensorEntry('float32', [2, 3], new Float32Array(6))],
  ]);
  await writeSafetensors(file, entries, { model: 'sfformer', options: '{"width":12}', kind: 'x' });
  const { stdout, status } = await hyperlift(['info', file, '--json']);
  t.equal(status, 0);
  t.deepEqual(JSON.parse(stdout), {
    kind: 'checkpoint',
    file,
    tensors: 1,
    values: 6,
    trainerState: true,
    metadata: { model: 'sfformer', options: { width: 12 }, kind: 'x' },
  });
  t.match((await hyperlift(['info', file])).stdout, /^options +\{"width":12\}$/m, 'people read lines');

  const foreign = join(folder, 'notes.txt');
  await writeFile(foreign, 'not a cube');
  for (const [argv, status, words] of [
    [['info', foreign], 1, /notes\.txt.*\(DATA_FORMAT\)\n$/],
    [['info', join(folder, 'none.mat')], 1, /none\.mat.*\(DATA_MISSING\)\n$/],
    [['info'], 2, /info needs --file \(FILE\)/],
  ] as const) {
    const outcome = await hyperlift([...argv]);
    t.equal(outcome.status, status, argv.join(' '));
    t.match(outcome.stderr, words);
  }
  await rm(folder, { recursive: true });
});

test('info tells of a cube what a person wants to know, of a folder its scenes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'hyperlift-'));
  const [file, picture] = [join(folder, 'a.mat'), join(folder, 'a.png')];
  const cube: CubeData = {
    data: Uint16Array.from({ length: 6 * 4 * 5 }, (_, i) => 100 * i),
    dtype: 'uint16',
    bands: 6,
    height: 4,
    width: 5,
    wavelengths: [450, 500, 550, 600, 650, 700],
    fullScale: 65535,
    name: 'a',
    origin: { file: 'made', format: 'test' },
  };
  await writeCube(file, cube);
  const { stdout } = await hyperlift(['info', file, '--picture', picture]);
  for (const words of [
    /^container +MATLAB v5, array 'cube', 5\d\d bytes$/m,
    /^cube +6 bands of 4 x 5 pixels \(height x width\), uint16$/m,
    /^wavelengths +450 to 700 nm, every 50$/m,
    /^values +0 to 11900, mean 5950, .*0\.1816 of full scale; 0\.8333 % are 0$/m,
    /^axes +\[H, W, B\] \(6 wavelengths\)$/m,
    /^picture +.*a\.png$/m,
  ]) {
    t.match(stdout, words);
  }
  const facts = JSON.parse((await hyperlift(['info', file, '--json', '--no-values'])).stdout);
  t.same([facts.kind, facts.bands, facts.values], ['cube', 6, null]);
  t.match((await hyperlift(['info', picture])).stdout, /PNG picture.*\n.*4 x 5 pixels.*3 channels of uint8/);
  await writeCube(join(folder, 'b.mat'), cube);
  t.match(
    (await hyperlift(['info', folder])).stdout,
    /2 scenes\na +6 bands of 4 x 5 pixels, uint16 \(cube\)/,
  );
  await rm(folder, { recursive: true });
});
