import test from 'tape';
import { namedSplit, namedSplits, requireApart, splitByArea, splitByFile } from '../../../ts/data/index.js';
import { failsWith } from '../failure.js';

const named = (names: readonly string[]) => names.map((name) => ({ name }));
const areaSplit = (name: string) => {
  const split = namedSplit(name);
  if (split === undefined) throw new Error(name);
  return split;
};

test('splits of scenes go by name', async (t) => {
  const cave = await splitByFile(named(['balloons_ms', 'beads_ms', 'hairs']), 'unssr-cave');
  t.same(cave, { named: named(['balloons_ms', 'hairs']), others: named(['beads_ms']) });
  const arad = named(['ARAD_1K_0900', 'ARAD_1K_0901', 'ARAD_1K_0950', 'ARAD_1K_0951']);
  t.same((await splitByFile(arad, 'ntire2022')).named, named(['ARAD_1K_0901', 'ARAD_1K_0950']));
  const older = named(['ARAD_HS_0450', 'ARAD_HS_0451', 'ARAD_HS_0465']);
  t.same((await splitByFile(older, 'ntire2020')).named, named(['ARAD_HS_0451', 'ARAD_HS_0465']));
  await failsWith(
    t,
    splitByFile(named(['beads_ms']), 'unssr-cave'),
    'DATA_SCENE_MISSING',
    /12 test.*beads_ms/,
  );
  await failsWith(t, splitByFile(arad, 'strip'), 'CONFIG_VALUE', /'strip' parts one scene by area/);
  await failsWith(t, splitByFile(arad, 'unssr'), 'DATA_MISSING', /unssr: no such file/);
  const names = namedSplits.map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
});

test("a share by names is the same whatever else is there, and near DualSR's 20 %", async (t) => {
  const many = named(Array.from({ length: 500 }, (_, i) => `scene${i}`));
  const { named: held } = await splitByFile(many, 'dualsr-cave');
  t.ok(held.length > 70 && held.length < 130, `${held.length} of 500`);
  const [first] = held;
  const part = many.filter((_, i) => i < 250);
  t.same(
    (await splitByFile(part, 'dualsr-harvard')).named,
    held.filter((scene) => part.includes(scene)),
  );
  const turned = await splitByFile(named([`${first?.name}_MS`.replace('_MS', '_ms')]), 'dualsr-cave');
  t.equal(turned.named.length, 1, 'with and without the ending of its folder');
});

test('areas to train on and to test on share no pixel', (t) => {
  const chikusei = { scene: 0, name: 'Chikusei', height: 2517, width: 2335 };
  const how = { share: 0.1, patch: 64 };
  const { train, validation } = splitByArea([chikusei], areaSplit('sspsr-chikusei'), how);
  t.equal(validation.length, 4);
  t.ok(validation.every(({ height, width, row }) => height === 512 && width === 512 && row === 106));
  t.same(train, [{ ...chikusei, row: 618, column: 143, height: 1792, width: 2048 }]);
  const pavia = { scene: 0, name: 'PaviaU', height: 610, width: 340 };
  const strip = splitByArea([pavia], areaSplit('strip'), how);
  t.same([strip.train[0]?.height, strip.validation[0]?.row, strip.validation[0]?.height], [488, 488, 122]);
  t.throws(() => splitByArea([pavia], areaSplit('sspsr-chikusei'), how), /PaviaU: 610x340 pixels.*2517x2335/);
  t.throws(() => splitByArea([pavia, chikusei], areaSplit('strip'), how), /the data has 2 scenes/);
  t.throws(() => splitByArea([pavia], areaSplit('strip'), { share: 0.1, patch: 400 }), /cannot hold a patch/);
  const overlapping = { train: [pavia], validation: [{ ...pavia, row: 609, height: 1 }] };
  t.throws(() => requireApart(overlapping), /PaviaU.*rows 0 to 609.*rows 609 to 609.*share pixels/);
  t.doesNotThrow(() => requireApart({ train: [pavia], validation: [{ ...pavia, scene: 1 }] }));
  t.end();
});
