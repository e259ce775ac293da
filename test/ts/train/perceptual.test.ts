import { join } from 'node:path';
import test from 'tape';
import { HyperliftError } from '../../../ts/errors.js';
import { tensorEntry, writeSafetensors } from '../../../ts/io/index.js';
import { openPerceptual } from '../../../ts/train/perceptual.js';
import { completeOptions } from '../../../ts/train/run-options.js';
import { inFolder } from './tiny-scenes.js';

/** The convolutions of VGG-16 up to relu3_3: number, channels in and out. */
const layers = [
  [0, 3, 64],
  [2, 64, 64],
  [5, 64, 128],
  [7, 128, 128],
  [10, 128, 256],
  [12, 256, 256],
  [14, 256, 256],
] as const;

test('the perceptual term is told and recorded: off, random, or with weights of the user', async (t) => {
  await inFolder(async (folder) => {
    const open = (given: object) =>
      openPerceptual(completeOptions({ data: 'x', paradigm: 'unsupervised', ...given }));
    t.deepEqual(await open({ perceptualWeight: 0 }), { features: undefined, record: 'none', notice: null });
    const random = await open({});
    t.equal(random.record, 'random');
    t.match(random.notice ?? '', /random features.*--perceptual-weights/, 'said aloud');

    const entries = new Map(
      layers.flatMap(([n, from, to]) => [
        [
          `features.${n}.weight`,
          tensorEntry('float32', [to, from, 3, 3], new Float32Array(to * from * 9).fill(n)),
        ],
        [`features.${n}.bias`, tensorEntry('float32', [to], new Float32Array(to))],
      ]),
    );
    const file = join(folder, 'vgg16.safetensors');
    await writeSafetensors(file, entries, {});
    const given = await open({ perceptualWeights: file });
    t.match(given.record, /^sha256:[0-9a-f]{64}$/, 'recorded by its contents, not its path');
    t.deepEqual(given.features?.get('features.14.weight')?.shape, [256, 256, 3, 3]);
    for (const tensor of given.features?.values() ?? []) tensor.dispose();

    entries.delete('features.7.bias');
    await writeSafetensors(file, entries, {});
    const error = await open({ perceptualWeights: file }).catch((reason) => reason);
    t.ok(
      error instanceof HyperliftError &&
        error.code === 'CHECKPOINT_KEYS' &&
        /features\.7\.bias/.test(error.message),
    );
  });
});
