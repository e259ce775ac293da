import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  type CompareEvent,
  type CompareResult,
  compare,
  compareCsv,
  compareLatex,
  compareMarkdown,
} from '../../../ts/compare/index.js';
import type { CompareRow } from '../../../ts/compare/index.js';
import { failsWith } from '../failure.js';
import { hyperlift } from '../cli/hyperlift.js';
import { inFolder, writeTinyPhotos, writeTinyScenes } from '../train/tiny-scenes.js';

/** Small enough for a test, whatever the network. */
const tiny = {
  batch: 1,
  patch: 16,
  stride: 8,
  valPatches: 1,
  perceptualWeight: 0,
  threads: 1,
  steps: 2,
} as const;

const isRow = (row: CompareResult['rows'][number]): row is CompareRow => !('error' in row);

test('compare trains and scores each network under each paradigm, beside the line to beat', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'out');
    const events: CompareEvent[] = [];
    const options = { models: 'mstpp,rootpoly', paradigm: 'supervised', data, out, ...tiny } as const;
    const { perceptualWeight: _unused, ...supervised } = options;
    const result = await compare({ ...supervised, onProgress: (event) => events.push(event) });
    t.deepEqual(
      result.rows.map(({ model, paradigm }) => `${model} ${paradigm}`),
      ['mstpp supervised', 'rootpoly supervised'],
    );
    const [first] = result.rows.filter(isRow);
    t.equal(first?.steps, 2);
    t.ok((first?.operations ?? 0) > 1e9 && first?.parameters === 1_619_626, 'what it costs');
    t.equal(first?.scenes.length, 1, 'the one scene that the run held back');
    t.ok(Number.isFinite(result.baseline?.mean.psnr), 'the line to beat');
    t.deepEqual(
      events.filter(({ type }) => type === 'model' || type === 'row').map(({ type }) => type),
      ['model', 'row', 'model', 'row'],
    );
    for (const file of result.files) t.ok((await readFile(file, 'utf8')).includes('mstpp'), file);
    await failsWith(t, compare(supervised), 'CONFIG_RUN_EXISTS', /--resume/);
  });
});

test('a comparison goes on where it was stopped, and keeps what it has', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'out');
    const stop = new AbortController();
    const work = compare({
      models: ['mstpp', 'sfformer'],
      paradigm: 'unsupervised',
      data,
      out,
      ...tiny,
      signal: stop.signal,
      onProgress: (event) => {
        if (event.type === 'row') stop.abort();
      },
    });
    await work.then(
      () => t.fail('it was not stopped'),
      () => t.pass('stopped after the first network'),
    );
    const before = await readFile(join(out, 'unsupervised-mstpp', 'last.safetensors'));
    const trained: string[] = [];
    const { rows } = await compare({
      resume: out,
      onProgress: (event) => void (event.type === 'model' && trained.push(event.model)),
    });
    t.deepEqual(trained, ['sfformer'], 'only the missing one is trained');
    t.equal(rows.filter(isRow).length, 2);
    t.ok(before.equals(await readFile(join(out, 'unsupervised-mstpp', 'last.safetensors'))));
    await failsWith(t, compare({ resume: out, seed: 3 }), 'CONFIG_CONFLICT', /seed/);
    await rm(join(out, 'compare.json'));
    await failsWith(t, compare({ resume: out }), 'CONFIG_RESUME', /compare\.json/);
  });
});

test('a network that fails has its reason in the table, and the others go on', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'out');
    // The gradient of such a step is not finite, whatever the network.
    const run = await hyperlift([
      ...`compare --models mstpp --paradigm both --data ${data} --out ${out} --steps 3 --batch 1 --patch 16`.split(
        ' ',
      ),
      ...'--threads 1 --loss mrae --mrae-floor 1e-300 --perceptual-weight 0 --val-patches 1 --lr 1e30'.split(
        ' ',
      ),
    ]);
    t.equal(run.status, 1, run.stderr);
    t.match(run.stdout, /mstpp +\| supervised +\| +failed: RUN_LOSS_NOT_FINITE/);
    const again = JSON.parse(await readFile(join(out, 'compare.json'), 'utf8'));
    t.equal(again.rows.length, 2, 'the second paradigm was tried too');
  });
});

test('what cannot be compared is refused before a folder is made', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const photos = await writeTinyPhotos(folder);
    const out = join(folder, 'out');
    await failsWith(t, compare({ models: 'mstpp', out }), 'CONFIG_MISSING', /--data/);
    await failsWith(t, compare({ models: 'mstppp', data, out }), 'MODEL_UNKNOWN', /mstpp/);
    const pictures = compare({ models: 'mstpp', paradigm: 'unsupervised', data: photos, out });
    await failsWith(t, pictures, 'CONFIG_MISSING', /--test/);
    await failsWith(t, compare({ models: 'mstpp', data, out, lr: -1 }), 'CONFIG_TYPE', /lr/);
    await readFile(join(out, 'compare.json')).then(
      () => t.fail('a folder was made'),
      () => t.pass('no folder was made'),
    );
  });
});

const scores = { psnr: 30, psnrBand: 31, rmse: 0.03, mrae: 0.2, ssim: 0.9, sam: 5, ergas: 10 };
const row = (model: string, change: Partial<typeof scores>): CompareRow => ({
  model,
  paradigm: 'supervised',
  parameters: 1_000_000,
  operations: 2e9,
  steps: 10,
  seconds: 5,
  scenes: [],
  mean: { ...scores, ...change },
});
const record = {
  hyperlift: '0',
  options: {},
  rows: [
    row('one', { psnr: 33 }),
    row('two_b', { sam: Number.POSITIVE_INFINITY, psnr: Number.NaN }),
    { model: 'three', paradigm: 'supervised' as const, error: { code: 'RUN_DISK_FULL', message: 'full' } },
  ],
  baseline: { scenes: [], mean: scores },
};

test('the tables mark the best, escape names and keep failures', (t) => {
  const markdown = compareMarkdown(record);
  t.match(markdown, /\| one .*\*\*33\.00\*\*/);
  t.match(markdown, /\| two_b .* n\/a /);
  t.match(markdown, /failed: RUN_DISK_FULL/);
  t.match(markdown, /rootpoly \(the line to beat\).* 30\.00/);
  t.equal(
    new Set(
      markdown
        .trim()
        .split('\n')
        .map((line) => line.length),
    ).size,
    1,
    'columns are aligned',
  );
  const latex = compareLatex(record);
  t.match(latex, /two\\_b/);
  t.match(latex, /\\textbf\{33\.00\}/);
  const [head = '', ...lines] = compareCsv(record).trim().split('\n');
  t.ok(lines.every((line) => line.split(',').length === head.split(',').length));
  t.match(lines[1] ?? '', /inf/);
  t.match(lines[2] ?? '', /RUN_DISK_FULL$/);
  t.end();
});

test('a comparison scores on the scenes of a list, which no run sees', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const split = join(folder, 'held-back.txt');
    await writeFile(split, 'scene1\nscene3\n');
    const { perceptualWeight: _unused, ...supervised } = tiny;
    const asked = { ...supervised, models: 'rootpoly', paradigm: 'supervised', data, split } as const;
    const result = await compare({ ...asked, out: join(folder, 'out') });
    const [row] = result.rows.filter(isRow);
    t.deepEqual(
      row?.scenes.map(({ name }) => name),
      ['scene1', 'scene3'],
    );
    await failsWith(t, compare({ ...asked, valFraction: 0.5 }), 'CONFIG_CONFLICT', /split/);
  });
});
