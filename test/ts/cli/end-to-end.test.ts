import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { readCube } from '../../../ts/data/index.js';
import { inFolder, tinyFlags, writeTinyPhotos, writeTinyScenes } from '../train/tiny-scenes.js';
import { hyperlift } from './hyperlift.js';

test('train, evaluate and reconstruct follow each other on the command line', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const photos = await writeTinyPhotos(folder, 2);
    const out = join(folder, 'run');
    const trained = await hyperlift(['train', ...tinyFlags, '--data', data, '--steps', '2', '--out', out]);
    t.equal(trained.status, 0, trained.stderr);

    const evaluated = await hyperlift([
      'evaluate',
      '--checkpoint',
      out,
      '--data',
      data,
      '--json',
      '--threads',
      '1',
    ]);
    t.equal(evaluated.status, 0, evaluated.stderr);
    const { protocol, scenes, mean, baseline } = JSON.parse(evaluated.stdout);
    t.equal(protocol, 'field');
    t.equal(scenes.length, 4);
    for (const name of ['psnr', 'psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas']) {
      t.ok(Number.isFinite(mean[name]) && name in scenes[0], name);
    }
    t.ok(Number.isFinite(baseline.mean.psnr), 'the line to beat is beside it');
    const table = await hyperlift([
      'evaluate',
      '--checkpoint',
      join(out, 'best.safetensors'),
      '--data',
      data,
    ]);
    t.match(table.stdout, /\| mean .*\n(.*\n)*.*rootpoly/, 'people get a table');

    const images = ['photo0.png', 'photo1.png'].map((name) => join(photos, name));
    const cubes = join(folder, 'cubes');
    const lifted = await hyperlift([
      'reconstruct',
      ...images,
      '--checkpoint',
      out,
      '--out',
      cubes,
      '--threads',
      '1',
    ]);
    t.equal(lifted.status, 0, lifted.stderr);
    const files = lifted.stdout.trim().split('\n');
    t.equal(files.length, 2, lifted.stdout);
    const cube = await readCube(files[0] ?? '');
    t.deepEqual([cube.bands, cube.height, cube.width], [31, 24, 24]);
  });
});

test('bad input to evaluate and reconstruct is one sentence', async (t) => {
  await inFolder(async (folder) => {
    const photos = await writeTinyPhotos(folder, 1);
    const photo = join(photos, 'photo0.png');
    const broken = join(folder, 'broken.safetensors');
    await writeFile(broken, 'no weights in here');
    const out = join(folder, 'cube.mat');
    for (const [argv, status, words] of [
      [['evaluate', '--data', photos], 2, /evaluate needs --checkpoint.*\(CONFIG_MISSING\)/],
      [['evaluate', '--checkpoint', broken, '--data', photos], 1, /broken\.safetensors.*\(CHECKPOINT_\w+\)/],
      [
        ['reconstruct', '--checkpoint', broken],
        2,
        /reconstruct needs --image \(IMAGE\.\.\.\).*\(CONFIG_MISSING\)/,
      ],
      [
        ['reconstruct', photo, '--checkpoint', join(folder, 'none'), '--out', out],
        1,
        /none.*\(DATA_MISSING\)/,
      ],
      [['reconstruct', photo, '--checkpoint', broken, '--memory', 'much'], 2, /much.*\(CONFIG_\w+\)/],
      [
        ['evaluate', '--checkpoint', broken, '--data', photos, '--protocol', 'cave'],
        2,
        /--protocol is 'cave'.*\(CONFIG_TYPE\)/,
      ],
    ] as const) {
      const outcome = await hyperlift([...argv]);
      t.equal(outcome.status, status, argv.join(' '));
      t.match(outcome.stderr, words);
      t.match(outcome.stderr, /^hyperlift: [^\n]+\n$/, 'one line, no stack');
    }
    t.notOk(existsSync(out), 'nothing was written');
  });
});
