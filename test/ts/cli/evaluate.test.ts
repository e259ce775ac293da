import { join } from 'node:path';
import test from 'tape';
import { writeCube } from '../../../ts/data/index.js';
import { protocols } from '../../../ts/metrics/index.js';
import { inFolder } from '../evaluate/own-checkpoint.js';
import { hyperlift } from './hyperlift.js';

test('evaluate --explain prints formulas and needs neither network nor data', async (t) => {
  const { stdout, status } = await hyperlift(['evaluate', '--protocol', 'ntire2022', '--explain']);
  t.equal(status, 0);
  t.match(stdout, /^protocol ntire2022, version 1: /);
  t.match(stdout, /^mrae +mean \|e - t\| \/ t, nothing guarded/m);
  const other = await hyperlift(['evaluate', '--explain', '--json']);
  const { protocol, protocolVersion, scores } = JSON.parse(other.stdout);
  t.deepEqual([protocol, protocolVersion, scores.length], ['field', protocols.field.version, 7]);
  const none = await hyperlift(['evaluate', '--data', 'scenes']);
  t.equal(none.status, 2);
  t.match(none.stderr, /--checkpoint \(.*\) or --results/);
});

test('evaluate prints the interval and what was left out', (t) =>
  inFolder(async (folder) => {
    const origin = { file: '', format: '' };
    for (const [name, change] of [
      ['first', 0],
      ['second', 0.1],
    ] as const) {
      const data = Float32Array.from({ length: 5 * 64 }, (_, i) => 0.1 + (i % 17) / 20);
      const cube = {
        bands: 5,
        height: 8,
        width: 8,
        dtype: 'float32',
        wavelengths: null,
        fullScale: 1,
      } as const;
      await writeCube(join(folder, 'truth', `${name}.mat`), { ...cube, data, name, origin });
      const made = data.map((value) => value + 0.05 + change);
      if (change > 0) made[0] = Number.NaN;
      await writeCube(join(folder, 'made', `${name}.mat`), { ...cube, data: made, name, origin });
    }
    const argv = ['evaluate', '--results', join(folder, 'made'), '--data', join(folder, 'truth')];
    const refused = await hyperlift(argv);
    t.equal(refused.status, 1);
    t.match(
      refused.stderr,
      /second: the reconstruction holds NaN at band 0, row 0, column 0 .*\(DATA_NOT_FINITE\)/,
    );
    const { stdout, status } = await hyperlift([...argv, '--not-finite', 'skip']);
    t.equal(status, 0);
    t.match(stdout, /^\| mean, 95 % interval \| +\S+ to \S+ \|/m);
    t.match(stdout, /^second: 1 pixels are left out; 0 values of the true cube and 1 of the result are NaN/m);
  }));
