import test from 'tape';
import { createModel, type Model } from '../../../ts/models/index.js';
import { tidy } from '../../../ts/tensor/index.js';
import { failsWith } from '../failure.js';
import { difference, filledModel, image, inferred } from './probes.js';

// Groups of bands 0 to 3 and 2 to 5: the last one is moved back to end with the cube.
const small = { bands: 6, width: 16, blocks: 1, scale: 4 };

/** Gives each group's branch the weights of the shared one. */
async function copyBranches(from: Model, to: Model): Promise<void> {
  const shared = from.state();
  const values = [...to.state().keys()].map((key) => {
    const value = shared.get(key.replace(/^branch\.\d+\./, 'branch.'));
    if (value === undefined) throw new Error(`no weight for ${key}`);
    return [key, value.native] as const;
  });
  await to.native.load(new Map(values));
}

test('sspsr with a branch for each group equals the shared branch where all weigh the same', async (t) => {
  await tidy(async () => {
    const shared = await filledModel('sspsr', small);
    const apart = createModel('sspsr', { ...small, sharedBranch: false });
    const branches = new Set([...apart.state().keys()].map((key) => /^branch\.(\d+)/.exec(key)?.[1]));
    branches.delete(undefined);
    t.deepEqual([...branches], ['0', '1'], 'two groups');
    await copyBranches(shared, apart);
    const x = image([2, 6, 5, 4]);
    t.ok(difference(await inferred(apart, x), await inferred(shared, x)) < 1e-5);
  });
});

test('sspsr refuses groups that no cube can be cut into', async (t) => {
  const make = async (options: object): Promise<void> =>
    createModel('sspsr', { ...small, ...options }).dispose();
  await failsWith(t, make({ groupBands: 7 }), 'MODEL_OPTION', /groupBands is 7 .* at most 6/);
  await failsWith(t, make({ groupOverlap: 4 }), 'MODEL_OPTION', /groupOverlap 4/);
});
