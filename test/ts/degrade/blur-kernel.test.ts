import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { type BlurKernel, gaussianKernel, readKernelCsv } from '../../../ts/degrade/index.js';
import { failsWith } from '../failure.js';
import { rejects } from '../tensor/rejects.js';
import { withFolder } from '../temporary-folder.js';

/** Second moments of a kernel about its middle, y upwards. */
function moments({ height, width, values }: BlurKernel): { xx: number; yy: number; xy: number; sum: number } {
  const found = { xx: 0, yy: 0, xy: 0, sum: 0 };
  values.forEach((value, i) => {
    const [x, y] = [(i % width) - (width - 1) / 2, (height - 1) / 2 - Math.floor(i / width)];
    found.xx += value * x * x;
    found.yy += value * y * y;
    found.xy += value * x * y;
    found.sum += value;
  });
  return found;
}

test('a Gaussian kernel has the deviations asked for, along its axis and across', (t) => {
  const round = gaussianKernel({ deviation: 2, size: 25 });
  t.equal(round.values.length, 625);
  t.equal(gaussianKernel({ deviation: 1.5 }).height, 11, 'reaches three deviations');
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-3;
  const { xx, yy, xy, sum } = moments(round);
  t.ok(near(xx, 4) && near(yy, 4) && near(xy, 0) && Math.abs(sum - 1) < 1e-12, `${xx}, ${yy}, ${xy}`);
  const flat = moments(gaussianKernel({ deviation: [3, 1], size: 41 }));
  t.ok(near(flat.xx, 9) && near(flat.yy, 1), 'an ellipse along the rows');
  const turned = moments(gaussianKernel({ deviation: [3, 1], angle: 45, size: 41 }));
  t.ok(near(turned.xx, 5) && near(turned.yy, 5) && near(turned.xy, 4), 'turned counter-clockwise');
  t.end();
});

test('a kernel outside of its bounds is refused by name', async (t) => {
  const refused = (options: Parameters<typeof gaussianKernel>[0], name: string) =>
    rejects(t, async () => gaussianKernel(options), 'CONFIG_VALUE', [`'${name}'`], name);
  await refused({ deviation: 0 }, 'deviation');
  await refused({ deviation: [1, Number.NaN] }, 'deviation');
  await refused({ deviation: 1, size: 4 }, 'size');
  await refused({ deviation: 1, angle: Infinity }, 'angle');
});

test('a kernel is read from a table and normalised', async (t) => {
  await withFolder(async (folder) => {
    const file = join(folder, 'kernel.csv');
    const write = async (text: string): Promise<string> => {
      await writeFile(file, text);
      return file;
    };
    const { height, width, values } = await readKernelCsv(
      await write('# cross\n0, 1, 0\n1, 4, 1\n0, 1, 0\n'),
    );
    t.deepEqual([height, width, [...values]], [3, 3, [0, 1, 0, 1, 4, 1, 0, 1, 0].map((v) => v / 8)]);
    const refused = async (text: string, culprit: RegExp) =>
      failsWith(t, readKernelCsv(await write(text)), 'DATA_KERNEL', culprit);
    await refused('1 2 1\n1 2\n', /line 2: 2 numbers/);
    await refused('1 x 1\n', /line 1: 'x'/);
    await refused('1 2\n3 4\n', /2 x 2/);
    await refused('', /0 x 0/);
    await refused('1 -3 1\n', /sum to -1/);
    await failsWith(t, readKernelCsv(join(folder, 'none.csv')), 'DATA_MISSING', /none\.csv/);
  });
});
