import test from 'tape';
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
    [['datasets', 'list', 'cave'], /takes no argument 'cave'/],
  ] as const) {
    const { status, stderr } = await hyperlift([...argv]);
    t.equal(status, 2, argv.join(' '));
    t.match(stderr, words);
  }
});
