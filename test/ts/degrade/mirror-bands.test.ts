import test from 'tape';
import { mirrorBands } from '../../../ts/degrade/index.js';
import { tensor } from '../../../ts/tensor/index.js';
import { rejects } from '../tensor/rejects.js';

test('mirrorBands repeats the edge, and takes any number of bands up to all', async (t) => {
  using cube = tensor([[[1]], [[2]], [[3]]]);
  const bands = async (count: number) => {
    using grown = await mirrorBands(cube, count);
    return [...(await grown.toTypedArray())];
  };
  t.deepEqual(await bands(2), [2, 1, 1, 2, 3, 3, 2]);
  t.deepEqual(await bands(3), [3, 2, 1, 1, 2, 3, 3, 2, 1]);
  t.deepEqual(await bands(0), [1, 2, 3]);
  await rejects(t, () => mirrorBands(cube, 4), 'DATA_BANDS', ['4', '3'], 'too many');
  await rejects(t, () => mirrorBands(cube, 0.5), 'DATA_BANDS', ['0.5'], 'half a band');
});
