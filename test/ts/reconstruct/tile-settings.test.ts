import test from 'tape';
import { modelFacts } from '../../../ts/models/index.js';
import { chooseTiles } from '../../../ts/reconstruct/tile-settings.js';

const image = { height: 300, width: 200 };
const wishes = { memory: 2 ** 40, tiling: 'blended' } as const;
const network = (id: string, largestTile: number | null) => ({
  model: modelFacts(id),
  trainingPatch: 64,
  largestTile,
  device: 'cpu',
  scale: 1,
  bands: 31,
});

test('a network of fixed size gets tiles of it, whatever the memory', (t) => {
  t.deepEqual(chooseTiles(network('ltrn', 48), image, wishes), { tile: 48, overlap: 12, batch: 2 });
  t.equal(
    chooseTiles(network('ltrn', 48), { height: 30, width: 20 }, wishes).tile,
    30,
    'a small image is one tile',
  );
  t.equal(
    chooseTiles(network('ltrn', 48), image, { ...wishes, tile: 32 }).tile,
    32,
    'smaller tiles are padded',
  );
  t.end();
});

test('tiles above the fixed size of a network are refused', (t) => {
  const code = (error: unknown) => (error as { code?: string }).code === 'CONFIG_TILE';
  const asked = () => chooseTiles(network('ltrn', 48), image, { ...wishes, tile: 64 });
  t.throws(asked, code);
  t.throws(asked, /tiles of 64 pixels do not fit network ltrn, whose weights are for 48/);
  t.end();
});

test('other networks see the whole image, or what they were trained on', (t) => {
  t.equal(chooseTiles(network('mstpp', null), image, wishes).tile, 300);
  t.equal(chooseTiles(network('sfformer', null), image, wishes).tile, 64);
  t.end();
});
