import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { type BlurKernel, blurOf, gaussianKernel } from '../../../ts/degrade/index.js';
import { rejects } from '../tensor/rejects.js';
import { withFolder } from '../temporary-folder.js';

function same(kernel: BlurKernel | 'point-spread', expected: BlurKernel): boolean {
  return (
    kernel !== 'point-spread' &&
    kernel.height === expected.height &&
    kernel.values.every((value, i) => value === expected.values[i])
  );
}

test('words stand for Gaussians, a table or the point spread', async (t) => {
  t.ok(same(await blurOf('gaussian:1.6'), gaussianKernel({ deviation: 1.6 })), 'round');
  const ellipse = gaussianKernel({ deviation: [3, 1], angle: -30 });
  t.ok(same(await blurOf('gaussian:3, 1, -30'), ellipse), 'elliptic');
  t.equal(await blurOf('point-spread'), 'point-spread');
  await withFolder(async (folder) => {
    const file = join(folder, 'kernel.csv');
    await writeFile(file, '1,2,1\n');
    const table = { height: 1, width: 3, values: Float64Array.of(0.25, 0.5, 0.25) };
    t.ok(same(await blurOf(file), table), 'a table');
  });
});

test('other words are refused with what was expected', async (t) => {
  for (const words of [
    'gaussian:',
    'gaussian:1,2',
    'gaussian:a',
    'gaussian:1,2,3,4',
    'gaussian:1,,2',
    'gauss',
    '',
  ]) {
    await rejects(t, () => blurOf(words), 'CONFIG_VALUE', [`'${words}'`, 'gaussian:SIGMA'], `'${words}'`);
  }
  await rejects(t, () => blurOf('gaussian:0'), 'CONFIG_VALUE', ['deviation'], 'no width');
  await rejects(t, () => blurOf('none.csv'), 'DATA_MISSING', ['none.csv'], 'no file');
});
