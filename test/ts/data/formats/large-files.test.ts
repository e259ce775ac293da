import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { stridesOf } from '../../../../ts/data/formats/envi/envi-facts.js';
import { openCube } from '../../../../ts/data/formats/index.js';
import { npyHead } from '../../../../ts/data/formats/numpy/npy-writer.js';
import { withFolder } from '../../temporary-folder.js';

// 6.4 GB, of which no more than marked values is on the disk: places of values pass 2^31 and 2^32, in bytes and in counts.
const [bands, height, width] = [200, 32000, 500];
/** Marked places: band, row, column. */
const places = [
  [0, 0, 0],
  [67, 11000, 250],
  [134, 22000, 1],
  [199, 31999, 499],
  [199, 31950, 0],
] as const;
const mark = (i: number): number => 1000 + i;

async function makeSparse(
  path: string,
  head: Uint8Array,
  strides: ReturnType<typeof stridesOf>,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.truncate(head.length + 2 * bands * height * width);
    if (head.length > 0) await file.write(head, 0, head.length, 0);
    for (const [i, [band, row, column]] of places.entries()) {
      const at = head.length + 2 * (band * strides.bands + row * strides.rows + column * strides.columns);
      await file.write(Uint16Array.of(mark(i)), 0, 2, at);
    }
  } finally {
    await file.close();
  }
}

async function check(t: test.Test, path: string, name: string): Promise<void> {
  const reader = await openCube(path, { axes: 'hwb' });
  for (const [i, [band, row, column]] of places.entries()) {
    const one = await reader.read({ row, column, height: 1, width: 1, bands: [band] });
    t.same(Array.from(one), [mark(i)], `${name}: band ${band}, row ${row}, column ${column}`);
  }
  const before = process.memoryUsage.rss();
  const strip = await reader.read({ row: height - 64 });
  const grown = process.memoryUsage.rss() - before;
  const at = (band: number, row: number, column: number) =>
    (band * 64 + row - (height - 64)) * width + column;
  t.same(
    [strip[at(199, 31999, 499)], strip[at(199, 31950, 0)]],
    [mark(3), mark(4)],
    `${name}: the last 64 rows`,
  );
  t.equal(strip.filter((value) => value !== 0).length, 2, 'and nothing else');
  t.ok(grown < 100 * 2 ** 20, `12.8 MB of 6.4 GB took ${Math.round(grown / 2 ** 20)} MiB`);
  await reader.close();
}

test('parts of a file of 6.4 GB are read from the right places, in the memory of the part', async (t) => {
  for (const interleave of ['bsq', 'bil', 'bip'] as const) {
    await withFolder(async (folder) => {
      await makeSparse(
        join(folder, 'x.img'),
        new Uint8Array(),
        stridesOf(interleave, { bands, height, width }),
      );
      const sizes = `samples = ${width}\nlines = ${height}\nbands = ${bands}\n`;
      await writeFile(join(folder, 'x.hdr'), `ENVI\n${sizes}data type = 12\ninterleave = ${interleave}\n`);
      await check(t, join(folder, 'x.hdr'), interleave);
    });
  }
  await withFolder(async (folder) => {
    const path = join(folder, 'x.npy');
    await makeSparse(
      path,
      npyHead('uint16', [height, width, bands]),
      stridesOf('bip', { bands, height, width }),
    );
    await check(t, path, 'npy');
  });
});
