import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { axesOf } from '../../../../../ts/data/band-major.js';
import { cubeInfo, formatOf, openCube, readCube } from '../../../../../ts/data/formats/index.js';
import { failsWith } from '../../../failure.js';
import { makeZip, type ZipFile } from '../../../libtorch/make-zip.js';
import { withFolder } from '../../../temporary-folder.js';
import { dictOf, npyBytes } from './npy-bytes.js';
import { ramp, sizes, storedRamp } from '../stored-bytes.js';

const { bands, height, width } = sizes;
const shape = [bands, height, width] as const;
const values = storedRamp(axesOf(shape, 'bhw', 'c').strides, 'uint16', true);
const cube = npyBytes(dictOf('<u2', 'False', shape), values);
const waves = Array.from({ length: bands }, (_, band) => 400 + 10 * band);
const wavesFile = npyBytes(dictOf('<f8', 'False', [bands]), Buffer.from(Float64Array.from(waves).buffer));
const mask = npyBytes(dictOf('|b1', 'False', [6, 6, 6]), Buffer.alloc(216));

async function inNpz(files: readonly ZipFile[], work: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npz');
    await writeFile(path, makeZip(files));
    await work(path);
  });
}

test('the cube of a .npz and its wavelengths are found, compressed or not', async (t) => {
  for (const stored of [true, false]) {
    const files = [
      { name: 'cube.npy', content: cube, stored },
      { name: 'bands.npy', content: wavesFile, stored },
      { name: 'mask.npy', content: mask, stored },
      { name: 'readme.txt', content: 'no array', stored },
    ];
    await inNpz(files, async (path) => {
      const found = await readCube(path);
      t.same(Array.from(found.data), ramp, stored ? 'stored' : 'deflated');
      t.same([found.wavelengths, found.dtype], [waves, 'uint16']);
      t.same(
        [found.origin.format, found.origin.variable, found.origin.axes],
        ['npz', 'cube', '[B, H, W] (7 wavelengths)'],
      );
      const { variables } = await cubeInfo(path);
      t.same(
        variables?.map(({ name, type, shape: sides }) => [name, type, sides.join('x')]),
        [
          ['cube', 'uint16', '7x5x6'],
          ['bands', 'float64', '7'],
          ['mask', 'logical', '6x6x6'],
        ],
      );
      const reader = await openCube(path);
      const part = await reader.read({ row: 4, column: 1, width: 2, bands: [6, 0] });
      const at = (band: number) => (band * height + 4) * width + 1;
      t.same(
        Array.from(part),
        [6, 0].flatMap((band) => ramp.slice(at(band), at(band) + 2)),
      );
      await reader.close();
      await failsWith(
        t,
        readCube(path, { variable: 'gt' }),
        'DATA_VARIABLE_MISSING',
        /no variable 'gt'.*cube \(7 x 5 x 6/,
      );
      await failsWith(t, readCube(path, { variable: 'mask' }), 'DATA_TYPE', /'mask' holds logical/);
    });
  }
});

test('what is in a .npz beside sound cubes is told or refused by name', async (t) => {
  const broken = { name: 'odd.npy', content: 'none' };
  await inNpz([broken], async (path) => {
    t.equal((await formatOf(path))?.id, 'npz');
    await failsWith(t, readCube(path), 'DATA_VARIABLE_MISSING', /odd/);
    await failsWith(t, readCube(path, { variable: 'odd' }), 'DATA_TYPE', /odd/);
  });
  const twins = [
    { name: 'a.npy', content: cube },
    { name: 'b.npy', content: cube },
  ];
  await inNpz(twins, async (path) => {
    await failsWith(t, readCube(path), 'DATA_VARIABLE_AMBIGUOUS', /a \(7 x 5 x 6 uint16\), b/);
    t.same(Array.from((await readCube(path, { variable: 'b', axes: 'bhw' })).data), ramp);
  });
  const one = npyBytes(dictOf('<i8', 'False', []), Buffer.alloc(8, 1));
  const folded = [
    { name: 'y.npy', content: npyBytes(dictOf('<u2', 'False', [7, 30]), values) },
    { name: 'nRow.npy', content: one },
    { name: 'nCol.npy', content: one },
  ];
  await inNpz(folded, async (path) => failsWith(t, readCube(path), 'DATA_RANK', /'y' is 7 x 30.*reshape/));
  const complex = { name: 'c.npy', content: npyBytes(dictOf('<c8', 'False', [7, 5, 6]), Buffer.alloc(1680)) };
  await inNpz([complex], async (path) =>
    failsWith(t, readCube(path, { variable: 'c' }), 'DATA_TYPE', /'c' holds complex/),
  );
});

test('damaged zips and zip bombs are refused', async (t) => {
  await inNpz([{ name: 'cube.npy', content: cube, checksum: 1 }], async (path) =>
    failsWith(t, readCube(path, { axes: 'bhw' }), 'DATA_DAMAGED', /x\.npz.*cube\.npy.*checksum/),
  );
  const whole = makeZip([{ name: 'cube.npy', content: cube }]);
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npz');
    await writeFile(path, whole.subarray(0, whole.length - 30));
    await failsWith(t, readCube(path), 'DATA_TRUNCATED', /x\.npz.*cut off/);
    const lies = Buffer.from(whole);
    // The size that the list at the end claims.
    lies.writeUInt32LE(0x7fffffff, lies.indexOf('PK\x01\x02') + 24);
    await writeFile(path, lies);
    await failsWith(t, readCube(path), 'DATA_DAMAGED', /zip bomb/);
  });
  const sides = [128, 1024, 1024];
  const zeros = npyBytes(dictOf('|u1', 'False', sides), Buffer.alloc(128 << 20));
  await inNpz([{ name: 'cube.npy', content: zeros }], async (path) => {
    t.equal((await cubeInfo(path, { axes: 'bhw' })).bands, 128, 'its sizes are told without unpacking');
    await failsWith(t, readCube(path, { axes: 'bhw' }), 'DATA_DAMAGED', /zip bomb.*numpy\.savez/);
  });
  const many = Array.from({ length: 1001 }, (_, i) => ({ name: `${i}.npy`, content: 'x' }));
  await inNpz(many, async (path) => failsWith(t, readCube(path), 'DATA_UNSUPPORTED', /1001 arrays/));
  const short = { name: 'cube.npy', content: npyBytes(dictOf('<f8', 'False', [900, 900, 900]), values) };
  await inNpz([short], async (path) => failsWith(t, readCube(path), 'DATA_TRUNCATED', /take \d+ bytes/));
});
