import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
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
