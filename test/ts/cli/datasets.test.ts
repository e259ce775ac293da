import { join } from 'node:path';
import test from 'tape';
import { exchangeChannels, paintScene } from '../check/painted-scene.js';
import { writePicture, writeTiny } from '../data/datasets/tiny-cubes.js';
import { withFolder } from '../temporary-folder.js';
import { hyperlift } from './hyperlift.js';

test('datasets lists what is known, and tells all about one', async (t) => {
  const list = await hyperlift(['datasets']);
  t.equal(list.status, 0);
  t.match(list.stdout, /^cave +CAVE.*32 scenes, 31 bands, 400 to 700 nm$/m);
  const sets = JSON.parse((await hyperlift(['datasets', 'list', '--json'])).stdout);
  t.ok(sets.some(({ id }: { id: string }) => id === 'chikusei'));
  const { stdout } = await hyperlift(['datasets', 'show', 'arad1k']);
  for (const words of [
    /^get it +https:/m,
    /^licence /m,
    /Train_spectral/,
    /--split ntire2022: .*0901 to 0950/,
  ])
    t.match(stdout, words);
});

test('datasets refuses what it does not know', async (t) => {
  for (const [argv, words] of [
    [['datasets', 'shw'], /datasets has no 'shw'; did you mean show/],
    [['datasets', 'show'], /datasets show needs the name/],
    [['datasets', 'show', 'cav'], /'cav' is no published data set/],
    [['datasets', 'show', 'cave', 'icvl'], /takes no argument 'icvl'/],
    [['datasets', 'check'], /datasets check needs a folder/],
    [['datasets', 'list', 'cave'], /takes no argument 'cave'/],
  ] as const) {
    const { status, stderr } = await hyperlift([...argv]);
    t.equal(status, 2, argv.join(' '));
    t.match(stderr, words);
  }
});

test('datasets check prints what is wrong and what mends it; the status is 1 where there is an error', async (t) => {
  await withFolder(async (folder) => {
    const scene = paintScene(1);
    await writeTiny(join(folder, 'a.mat'), scene);
    const sound = await hyperlift(['datasets', 'check', folder]);
    t.equal(sound.status, 0);
    t.match(
      sound.stdout,
      /1 scene of no published data set\n1 cubes? looked at, 0 with pictures: nothing to complain of/,
    );
    await writePicture(join(folder, 'a_RGB.png'), { ...scene, data: exchangeChannels(scene) });
    const bad = await hyperlift(['datasets', 'check', folder]);
    t.equal(bad.status, 1);
    t.match(
      bad.stdout,
      /^ERROR +bgr +.*a_RGB\.png\n +red and blue are exchanged.*\n +mend: .*--rgb simulated$/m,
    );
    const json = await hyperlift(['datasets', 'check', folder, '--json']);
    t.equal(JSON.parse(json.stdout).findings[0].code, 'bgr');
    t.equal(json.status, 1);
    t.equal((await hyperlift(['datasets', 'check', join(folder, 'none')])).status, 1);
  });
});
