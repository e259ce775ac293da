import test from 'tape';
import {
  batchesPerEpoch,
  epochPlan,
  heldBackPlan,
  patchGrid,
  planColumns,
} from '../../../ts/data/patch-plan.js';
import { Random } from '../../../ts/data/random.js';
import { splitArea, splitScenes } from '../../../ts/data/split.js';

const scenes = [
  { height: 40, width: 30, name: 'a' },
  { height: 25, width: 64, name: 'b' },
];
const base = { scenes, patch: 16, stride: 8, batch: 4, seed: 7, epoch: 0 };

function rows(plan: Int32Array): number[][] {
  return Array.from({ length: plan.length / planColumns }, (_, i) => [
    ...plan.subarray(i * planColumns, (i + 1) * planColumns),
  ]);
}

test('a grid holds every position that fits, in row-major order', (t) => {
  const grid = rows(patchGrid([{ height: 482, width: 512 }], 128, 64));
  t.equal(grid.length, 42, "the paper's 6 x 7 patches of a 482 x 512 scene");
  t.same(grid.slice(0, 2), [
    [0, 0, 0, 0],
    [0, 0, 64, 0],
  ]);
  t.same(grid.at(-1), [0, 320, 384, 0]);
  t.equal(patchGrid([{ height: 16, width: 16 }], 16, 5).length / planColumns, 1);
  t.same(rows(patchGrid([{ scene: 3, row: 4, column: 8, height: 16, width: 24 }], 16, 8)), [
    [3, 4, 8, 0],
    [3, 4, 16, 0],
  ]);
  t.end();
});

test('an epoch has every sample of the grid once, and only the rest of a batch is left out', (t) => {
  const all = rows(patchGrid(scenes, 16, 8))
    .map(String)
    .sort();
  const whole = rows(epochPlan({ ...base, dropLast: false }));
  t.same(whole.map(String).sort(), all);
  const plan = rows(epochPlan({ ...base, batch: 5 }));
  t.equal(plan.length, all.length - (all.length % 5));
  t.equal(new Set(plan.map(String)).size, plan.length);
  t.equal(batchesPerEpoch({ ...base, batch: 5 }), plan.length / 5);
  t.equal(batchesPerEpoch({ ...base, batch: 5, dropLast: false }), Math.ceil(all.length / 5));
  t.notSame(whole.map(String), all, 'shuffled');
  t.end();
});

test('the same seed and epoch give the same plan, others another', (t) => {
  const options = { ...base, augment: 'all' } as const;
  t.same(epochPlan(options), epochPlan(options));
  t.notSame(epochPlan(options), epochPlan({ ...options, epoch: 1 }));
  t.notSame(epochPlan(options), epochPlan({ ...options, seed: 8 }));
  t.same(
    rows(epochPlan({ ...base, augment: 'all' })).slice(0, 4),
    [
      [0, 8, 8, 7],
      [1, 0, 24, 3],
      [1, 0, 16, 3],
      [1, 0, 0, 14],
    ],
    'the sequence is a contract: a seed means the same plan in every version',
  );
  t.end();
});

test('random patches lie within their scenes, and scenes come equally often', (t) => {
  const plan = rows(epochPlan({ ...base, samplesPerEpoch: 1000, augment: 'flips' }));
  t.equal(plan.length, 1000);
  t.equal(plan.filter(([scene]) => scene === 0).length, 500);
  t.ok(
    plan.every(([scene = 0, row = 0, column = 0]) => {
      const { height = 0, width = 0 } = scenes[scene] ?? {};
      return row >= 0 && column >= 0 && row + 16 <= height && column + 16 <= width;
    }),
  );
  t.ok(
    plan.some(([scene, row]) => scene === 0 && row === 24),
    'the last position is reached',
  );
  t.same(
    [...new Set(plan.map(([, , , flips]) => flips))].sort((a = 0, b = 0) => a - b),
    [0, 4, 8, 12],
  );
  t.equal(batchesPerEpoch({ ...base, samplesPerEpoch: 1000 }), 250);
  t.end();
});

test("'all' uses each of the sixteen augmentations, 'none' only 0", (t) => {
  const count = (augment: 'all' | 'none') =>
    new Set(rows(epochPlan({ ...base, samplesPerEpoch: 400, augment })).map(([, , , bits]) => bits)).size;
  t.equal(count('all'), 16);
  t.equal(count('none'), 1);
  t.end();
});

test('plans that cannot be are refused by name', (t) => {
  const refuses = (work: () => unknown, code: string, culprit: RegExp) => {
    try {
      work();
      t.fail(`no error, expected ${code}`);
    } catch (error) {
      t.equal(error instanceof Error && 'code' in error ? error.code : '', code, String(error));
      t.match(String(error), culprit);
    }
  };
  refuses(() => epochPlan({ ...base, patch: 32 }), 'DATA_PATCH_TOO_LARGE', /a: 40x30 pixels.*32x32/);
  refuses(
    () => epochPlan({ ...base, patch: 28, scenes: [{ height: 8, width: 99 }] }),
    'DATA_PATCH_TOO_LARGE',
    /scene 0/,
  );
  refuses(() => epochPlan({ ...base, batch: 1000 }), 'DATA_PLAN_EMPTY', /does not fill one batch of 1000/);
  refuses(() => epochPlan({ ...base, scenes: [] }), 'DATA_PLAN_EMPTY', /no scenes/);
  refuses(() => epochPlan({ ...base, batch: 0 }), 'CONFIG_VALUE', /'batch' is 0/);
  refuses(() => epochPlan({ ...base, stride: 1.5 }), 'CONFIG_VALUE', /'stride' is 1.5/);
  refuses(() => splitScenes([1, 2], { validation: 1.5, seed: 1 }), 'CONFIG_VALUE', /'validation' is 1.5/);
  refuses(
    () => splitArea({ height: 30, width: 20 }, { share: 0.2, patch: 16 }),
    'DATA_PATCH_TOO_LARGE',
    /30x20/,
  );
  t.end();
});

test('held-back patches do not overlap, are not augmented and stay the same', (t) => {
  const options = { scenes, patch: 12, count: 6, seed: 1 };
  const plan = rows(heldBackPlan(options));
  t.equal(plan.length, 6);
  t.same(rows(heldBackPlan(options)), plan);
  t.equal(new Set(plan.map(String)).size, 6);
  t.ok(plan.every(([, row = 0, column = 0, bits]) => row % 12 === 0 && column % 12 === 0 && bits === 0));
  t.equal(rows(heldBackPlan({ ...options, count: 1000 })).length, 6 + 10, 'never more than there are');
  t.end();
});

test('a split holds back scenes by share or number, the same for a seed, and leaves one to train on', (t) => {
  const names = Array.from({ length: 19 }, (_, i) => `scene ${i}`);
  const split = splitScenes(names, { validation: 0.1, seed: 3 });
  t.equal(split.validation.length, 2);
  t.same([...split.train, ...split.validation].sort(), [...names].sort());
  t.same(splitScenes(names, { validation: 0.1, seed: 3 }), split);
  t.notSame(splitScenes(names, { validation: 0.1, seed: 4 }), split);
  t.equal(splitScenes(names, { validation: 5, seed: 3 }).validation.length, 5);
  t.equal(splitScenes(names, { validation: 0, seed: 3 }).validation.length, 0);
  t.equal(splitScenes(names, { validation: 0.001, seed: 3 }).validation.length, 1);
  t.equal(splitScenes(['a', 'b'], { validation: 5, seed: 3 }).train.length, 1);
  t.same(splitScenes(['a'], { validation: 0.5, seed: 3 }), { train: ['a'], validation: [] });
  t.end();
});

test('a scene is split across its longer side, without overlap', (t) => {
  const wide = splitArea({ height: 20, width: 100, row: 1, column: 2 }, { share: 0.25, patch: 16 });
  t.same(wide.train, [{ height: 20, width: 75, row: 1, column: 2 }]);
  t.same(wide.validation, [{ height: 20, width: 25, row: 1, column: 77 }]);
  const tall = splitArea({ height: 100, width: 20 }, { share: 0.01, patch: 16 });
  t.same(tall.validation, [{ height: 16, width: 20, row: 84 }], 'at least a patch');
  t.end();
});

test('the generator gives known numbers, fair and different for neighbouring seeds', (t) => {
  const random = new Random(1, 2, 3);
  t.same(
    [random.next(), random.next(), random.next()],
    [4048982116, 1711994756, 1126220627],
    'a contract, too',
  );
  t.notEqual(new Random(1, 2).next(), new Random(2, 1).next());
  t.notEqual(new Random(2 ** 32).next(), new Random(0).next(), 'seeds beyond 32 bits count whole');
  const counts = new Array<number>(6).fill(0);
  const dice = new Random(5);
  for (let i = 0; i < 60000; i++) {
    const face = dice.below(6);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  t.ok(
    counts.every((count) => Math.abs(count - 10000) < 400),
    counts.join(' '),
  );
  const order = new Random(9).permutation(50);
  t.same(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i),
  );
  t.end();
});
