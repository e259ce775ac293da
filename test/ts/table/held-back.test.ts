import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { compareUpscaling } from '../../../ts/table/index.js';
import { failsWith } from '../failure.js';
import { inFolder, writeTinyScenes } from '../train/tiny-scenes.js';

const tiny = {
  methods: ['bicubic', 'edsr'],
  scales: [2],
  steps: 2,
  patch: 6,
  batch: 2,
  sizeFactors: '1',
  threads: 1,
};

test('a table scores on the scenes that no training sees, drawn or from a list, degraded alike', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const scored = async (name: string, more: object) => {
      const out = join(folder, name);
      const { rows } = await compareUpscaling({ ...tiny, data, out, ...more });
      const config = JSON.parse(await readFile(join(out, 'edsr-x2', 'config.json'), 'utf8'));
      return { config, rows: rows.map((row) => ('error' in row ? [row.error.message] : row.scenes)) };
    };
    const drawn = await scored('drawn', {});
    t.deepEqual(
      drawn.rows.map(({ length }) => length),
      [1, 1],
      'one scene of four',
    );
    t.equal(drawn.config.valFraction, 0.2);
    const split = join(folder, 'held-back.txt');
    await writeFile(split, 'scene1\nscene2\n');
    const listed = await scored('listed', { split });
    const blurred = await scored('blurred', { split, kernel: 'gaussian:1.5' });
    for (const { rows, config } of [listed, blurred]) {
      const names = rows.map((row) => row.map((scene) => (typeof scene === 'string' ? scene : scene.name)));
      t.deepEqual(names, [
        ['scene1', 'scene2'],
        ['scene1', 'scene2'],
      ]);
      t.equal(config.split, split);
    }
    t.equal(blurred.config.kernel, 'gaussian:1.5');
    t.notDeepEqual(blurred.rows[0], listed.rows[0], 'bicubic interpolation sees the blur too');
    const both = compareUpscaling({ ...tiny, data, split, valFraction: 0.5, out: join(folder, 'both') });
    await failsWith(t, both, 'CONFIG_CONFLICT', /split/);
  });
});
