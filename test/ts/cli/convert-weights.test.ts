import { join } from 'node:path';
import test from 'tape';
import { tensorEntry, writeSafetensors } from '../../../ts/io/index.js';
import { inFolder } from '../train/tiny-scenes.js';
import { hyperlift } from './hyperlift.js';

test('weights are converted to a checkpoint of a network, or refused by their keys', async (t) => {
  await inFolder(async (folder) => {
    const from = join(folder, 'published.safetensors');
    const weight = tensorEntry('float32', [31, 6], new Float32Array(186).fill(0.1));
    await writeSafetensors(from, new Map([['module.weight', weight]]), {});
    const out = join(folder, 'ours.safetensors');
    const done = await hyperlift(['convert-weights', from, '--model', 'rootpoly', '--out', out]);
    t.equal(done.status, 0, done.stderr);
    t.match(done.stdout, /all keys and shapes fit rootpoly/);
    const { metadata } = JSON.parse((await hyperlift(['info', out, '--json'])).stdout);
    t.deepEqual(
      [metadata.model, metadata.options.outBands, metadata.wavelengths.length],
      ['rootpoly', 31, 31],
    );

    const foreign = await hyperlift([
      'convert-weights',
      from,
      '--model',
      'mstpp',
      '--out',
      join(folder, 'no'),
    ]);
    t.equal(foreign.status, 1);
    t.match(foreign.stderr, /^hyperlift: .*does not fit network mstpp.*missing.*\(CHECKPOINT_MISMATCH\)\n$/);
    t.equal((await hyperlift(['convert-weights', '--model', 'mstpp'])).status, 2, 'a file must be named');
  });
});
