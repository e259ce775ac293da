import test from 'tape';
import {
  caveVariants,
  harvardVariants,
  type PatchVariant,
  patchPairs,
  turnPatch,
} from '../../../ts/degrade/index.js';
import { tensor } from '../../../ts/tensor/index.js';
import { rejects } from '../tensor/rejects.js';

test('a patch is turned counter-clockwise', async (t) => {
  using patch = tensor([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  const expected: [PatchVariant, number[]][] = [
    ['none', [1, 2, 3, 4]],
    ['rot90', [2, 4, 1, 3]],
    ['rot180', [4, 3, 2, 1]],
    ['rot270', [3, 1, 4, 2]],
    ['flipud', [3, 4, 1, 2]],
    ['fliplr', [2, 1, 4, 3]],
  ];
  for (const [variant, values] of expected) {
    using turned = await turnPatch(patch, variant);
    t.deepEqual([...(await turned.toTypedArray())], values, variant);
  }
  await rejects(t, () => turnPatch(patch, 'rot45' as 'none'), 'CONFIG_VALUE', ['rot45', 'rot270'], 'unknown');
});

test('patchPairs makes the samples of CAVE, or those asked for', async (t) => {
  using patch = tensor([Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (_, x) => x * y))]);
  const pairs = await patchPairs(patch, 4);
  t.equal(pairs.length, caveVariants.length);
  t.deepEqual(
    pairs.map(({ high, low }) => [high.shape, low.shape]),
    pairs.map(() => [
      [1, 8, 8],
      [1, 2, 2],
    ]),
  );
  const six = await patchPairs(patch, 2, harvardVariants);
  t.equal(six.length, 6);
  for (const { high, low } of [...pairs, ...six]) {
    high.dispose();
    low.dispose();
  }
});
