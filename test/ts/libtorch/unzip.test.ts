import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { unzip } from '../../../ts/libtorch/unzip.js';
import { makeZip } from './make-zip.js';
import { withOwnPlaces } from './own-places.js';

const text = 'spectral '.repeat(5000);

async function refusal(folder: string, bytes: Buffer): Promise<string> {
  const file = join(folder, 'bad.zip');
  writeFileSync(file, bytes);
  try {
    await unzip(file, join(folder, 'out'), (name) => name);
    return 'nothing was thrown';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('packed and stored files come out as they went in, chosen and renamed', async (t) => {
  await withOwnPlaces(async (folder) => {
    const file = join(folder, 'a.zip');
    writeFileSync(
      file,
      makeZip([
        { name: 'torch/lib/a.txt', content: text },
        { name: 'torch/lib/stored.txt', content: 'as it is', stored: true },
        { name: 'torch/empty.txt', content: '' },
        { name: 'other/b.txt', content: 'not wanted' },
      ]),
    );
    const count = await unzip(file, join(folder, 'out'), (name) =>
      name.startsWith('torch/') ? name.slice(6) : null,
    );
    t.equal(count, 3);
    t.equal(readFileSync(join(folder, 'out/lib/a.txt'), 'utf8'), text);
    t.equal(readFileSync(join(folder, 'out/lib/stored.txt'), 'utf8'), 'as it is');
    t.equal(readFileSync(join(folder, 'out/empty.txt'), 'utf8'), '');
    t.notOk(existsSync(join(folder, 'out/other')));
  });
});

test('a cut-off, foreign or damaged zip is refused', async (t) => {
  await withOwnPlaces(async (folder) => {
    const whole = makeZip([{ name: 'a.txt', content: text }]);
    t.equal(await refusal(folder, whole.subarray(0, whole.length - 30)), 'DATA_ZIP', 'cut off');
    t.equal(await refusal(folder, Buffer.from('not a zip at all')), 'DATA_ZIP', 'foreign');
    t.equal(
      await refusal(folder, makeZip([{ name: 'a.txt', content: text, checksum: 7 }])),
      'DATA_ZIP',
      'checksum',
    );
    const bent = Buffer.from(whole);
    bent.fill(0xff, 40, 60);
    t.equal(await refusal(folder, bent), 'DATA_ZIP', 'packed data');
  });
});

test('a path that leads out of the folder is refused', async (t) => {
  await withOwnPlaces(async (folder) => {
    t.equal(await refusal(folder, makeZip([{ name: '../../evil.txt', content: 'x' }])), 'DATA_ZIP');
    t.equal(await refusal(folder, makeZip([{ name: '/evil.txt', content: 'x' }])), 'DATA_ZIP');
    t.notOk(existsSync(join(folder, '..', 'evil.txt')));
  });
});
