import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { type TrainOptions, train } from '../../../ts/train/index.js';
import { failure, inFolder, tinyRun, writeTinyPhotos, writeTinyScenes } from './tiny-scenes.js';

test('bad input is refused in one sentence before anything is damaged', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const photos = await writeTinyPhotos(folder);
    const out = join(folder, 'run');
    const base = { ...tinyRun, paradigm: 'unsupervised', data, steps: 2, out } as const;
    await train(base);
    const before = await readFile(join(out, 'last.safetensors'));
    await writeFile(join(folder, 'file'), '');
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const elsewhere = join(folder, 'elsewhere');
    const cases: [name: string, options: TrainOptions, expected: RegExp][] = [
      ['a run in the folder', base, /^CONFIG_RUN_EXISTS .*--resume/],
      ['no data', { ...base, data: undefined }, /^CONFIG_MISSING .*--data/],
      [
        'data that is not there',
        { ...base, out: elsewhere, data: join(folder, 'none') },
        /^DATA_MISSING .*none/,
      ],
      ['an empty folder', { ...base, out: elsewhere, data: empty }, /^DATA_/],
      [
        'pictures for supervised',
        { ...base, perceptualWeight: undefined, out: elsewhere, data: photos, paradigm: 'supervised' },
        /^DATA_SCENE_KIND .*photo0/,
      ],
      [
        'an unknown network',
        { ...base, out: elsewhere, model: 'sfformr' },
        /^MODEL_UNKNOWN .*did you mean sfformer\?/,
      ],
      [
        'an unknown option of a network',
        { ...base, out: elsewhere, modelOptions: { widht: 1 } },
        /^MODEL_OPTION .*did you mean width\?/,
      ],
      [
        'an unknown term',
        { ...base, perceptualWeight: undefined, out: elsewhere, paradigm: 'supervised', loss: 'l1+smm' },
        /^CONFIG_TYPE .*'smm'/,
      ],
      ['an idle option', { ...base, out: elsewhere, loss: 'l1' }, /^CONFIG_CONFLICT .*'loss'/],
      ['patches larger than scenes', { ...base, out: elsewhere, patch: 64 }, /^DATA_PATCH_TOO_LARGE/],
      ['a file for a folder', { ...base, out: join(folder, 'file') }, /^DATA_WRITE .*is a file/],
      ['a folder below a file', { ...base, out: join(folder, 'file', 'run') }, /^DATA_WRITE/],
      ['resume of nothing', { resume: empty }, /^CONFIG_RESUME .*config\.json/],
      ['other options with resume', { resume: out, lr: 1 }, /^CONFIG_CONFLICT .*'lr'/],
      ['other data with resume', { resume: out, data: photos }, /^DATA_CHANGED/],
      [
        'weights of another network',
        {
          ...base,
          out: elsewhere,
          init: join(out, 'last.safetensors'),
          modelOptions: { width: 18, blocks: 1 },
        },
        /^CHECKPOINT_MISMATCH/,
      ],
    ];
    for (const [name, options, expected] of cases) t.match(await failure(options), expected, name);
    t.match(
      await failure({ ...base, overwrite: true, data: empty }),
      /^DATA_/,
      'to overwrite, with bad data',
    );
    t.ok(before.equals(await readFile(join(out, 'last.safetensors'))), 'the run that was there is as it was');
    t.notOk(existsSync(elsewhere), 'a run that could not begin leaves no folder');
    await train({ ...base, overwrite: true });
    t.ok(before.equals(await readFile(join(out, 'last.safetensors'))), 'overwritten by the same');
    const log = (await readFile(join(out, 'log.jsonl'), 'utf8')).trim().split('\n');
    t.equal(
      log.filter((line) => line.includes('"type":"start"')).length,
      1,
      "the log is the new run's alone",
    );

    const config = JSON.parse(await readFile(join(out, 'config.json'), 'utf8'));
    await writeFile(join(out, 'config.json'), JSON.stringify({ ...config, lr: 1 }));
    t.match(await failure({ resume: out }), /^CONFIG_RESUME 'lr' is 1 in/, 'an edited configuration');
    await writeFile(join(out, 'config.json'), JSON.stringify(config));
    await writeFile(join(out, 'last.safetensors'), before.subarray(0, before.length - 100));
    t.match(await failure({ resume: out }), /^CHECKPOINT_/, 'a checkpoint that was cut off');
  });
});

test('a signal before the first step leaves nothing', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'run');
    const options = { ...tinyRun, paradigm: 'unsupervised', data, out } as const;
    t.match(await failure({ ...options, minutes: 5, signal: AbortSignal.timeout(500) }), /^RUN_ABORTED/);
    t.match(await failure({ ...options, steps: 5, signal: AbortSignal.abort() }), /^RUN_ABORTED/);
    t.notOk(existsSync(out));
  });
});

test('a full disk is one sentence, and the checkpoints stay', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'run');
    const stop = new AbortController();
    const options = { ...tinyRun, paradigm: 'unsupervised', data, steps: 4, validateEvery: 2, out } as const;
    await failure({
      ...options,
      signal: stop.signal,
      onProgress: ({ type }) => type === 'start' && stop.abort(),
    });
    const before = await readFile(join(out, 'last.safetensors'));
    await rm(join(out, 'log.jsonl'));
    await symlink('/dev/full', join(out, 'log.jsonl'));
    t.match(await failure({ resume: out }), /^RUN_DISK_FULL .*log\.jsonl/);
    t.ok(before.equals(await readFile(join(out, 'last.safetensors'))));
    await rm(join(out, 'log.jsonl'));
    await appendFile(join(out, 'log.jsonl'), '');
    t.equal((await train({ resume: out })).steps, 4, 'with room again the run goes on');
  });
});
