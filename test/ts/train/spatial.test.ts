import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { readCube, writeCube } from '../../../ts/data/index.js';
import { evaluate } from '../../../ts/evaluate/index.js';
import { readCheckpointMetadata, readSafetensors } from '../../../ts/io/index.js';
import { native } from '../../../ts/native/index.js';
import { refine } from '../../../ts/refine/index.js';
import { type TrainEvent, train } from '../../../ts/train/index.js';
import { upscale } from '../../../ts/upscale/index.js';
import { failure, inFolder, tinyCube, writeTinyPhotos, writeTinyScenes } from './tiny-scenes.js';

/** A run of seconds. */
const tinyRun = {
  model: 'edsr',
  modelOptions: { width: 8, blocks: 1 },
  scale: 2,
  batch: 2,
  patch: 6,
  stride: 3,
  sizeFactors: '1,0.75',
  valPatches: 4,
  threads: 1,
} as const;

test('a spatial run learns, and says in its checkpoint what it learned from', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const events: TrainEvent[] = [];
    const { files, best, baseline } = await train({
      ...tinyRun,
      data,
      steps: 40,
      validateEvery: 10,
      ema: 0,
      noise: 0.001,
      out: join(folder, 'run'),
      onProgress: (event) => events.push(event),
    });
    const seen = events.flatMap((event) => (event.type === 'validation' ? [event.scores.psnr ?? 0] : []));
    t.equal(seen.length, 4);
    t.ok((seen[3] ?? 0) > (seen[0] ?? 0) + 1, `PSNR rises: ${seen.map((psnr) => psnr.toFixed(1))}`);
    t.ok((baseline?.psnr ?? 0) > 15, `bicubic is told: ${baseline?.psnr}`);
    t.ok(Number.isFinite(best?.scores.psnr), 'and so is ours');
    const { metadata } = await readSafetensors(files.best);
    const facts = readCheckpointMetadata('best', metadata);
    t.deepEqual([facts.model, facts.paradigm, facts.rgb], ['edsr', 'supervised', null]);
    t.deepEqual([facts.options.scale, facts.options.bands, facts.options.width], [2, 31, 8]);
    t.deepEqual([facts.wavelengths?.length, facts.wavelengths?.[0]], [31, 400]);
    t.deepEqual([facts.config.noise, facts.config.patch, facts.config.sizeFactors], [0.001, 6, '1,0.75']);
    t.equal(facts.kernel, null);
    t.notOk(JSON.stringify(metadata).includes(folder), 'no path is recorded');
    t.equal(native().memory().tensors, 0, 'no native tensor is left over');
  });
});

test('a stopped spatial run goes on to the same bytes', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const options = {
      ...tinyRun,
      data,
      steps: 8,
      validateEvery: 3,
      checkpointEvery: 3,
      noise: 0.01,
    } as const;
    const whole = await train({ ...options, out: join(folder, 'whole') });
    const out = join(folder, 'stopped');
    const stop = new AbortController();
    const message = await failure({
      ...options,
      out,
      signal: stop.signal,
      onProgress: (event) => {
        if (event.type === 'validation' && event.step === 3) stop.abort();
      },
    });
    t.match(message, /^RUN_ABORTED stopped after step \d of 8/);
    const resumed = await train({ resume: out });
    for (const kind of ['last', 'best'] as const) {
      const [one, other] = [await readFile(resumed.files[kind]), await readFile(whole.files[kind])];
      t.ok(one.equals(other), `${kind} is equal to the byte`);
    }
  });
});

test('the patches of the published scripts train too', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'run');
    const { steps } = await train({
      ...tinyRun,
      data,
      out,
      recipe: 'published',
      patchesPerScene: 2,
      batch: 5,
      epochs: 1,
    });
    t.equal(steps, 4 * 2 * 2 - 4, 'three scenes at two sizes, two places, five positions, five a batch');
  });
});

test('a spatial run is refused before it reads anything', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const photos = await writeTinyPhotos(folder);
    const out = join(folder, 'run');
    const refused = async (change: object, expected: RegExp): Promise<void> =>
      t.match(await failure({ ...tinyRun, data, out, steps: 1, ...change }), expected, String(expected));
    await refused({ stepPer: 'band' }, /^CONFIG_CONFLICT .*stepPer.*edsr.*cube/);
    await refused({ scale: 5 }, /^CONFIG_TYPE .*edsr.*2, 3, 4, 8.*5/);
    await refused({ task: 'spectral' }, /^CONFIG_CONFLICT .*edsr.*spatial/);
    await refused({ paradigm: 'unsupervised' }, /^CONFIG_CONFLICT .*edsr/);
    for (const idle of [{ response: 'cie1964' }, { stretch: true }, { colourWeight: 2 }, { rgb: 'files' }]) {
      await refused(idle, new RegExp(`^CONFIG_CONFLICT .*'${Object.keys(idle)[0]}'`));
    }
    await refused({ model: 'sfformer', modelOptions: {} }, /^CONFIG_CONFLICT .*'scale'/);
    await refused({ sizeFactors: '1,2' }, /^CONFIG_TYPE .*sizeFactors/);
    await refused({ patch: 16 }, /^DATA_PATCH_TOO_LARGE .*32x32.*24x24/);
    await refused({ data: photos }, /^DATA_SCENE_KIND .*photo0.*cubes/);
  });
});

test('a checkpoint is scored beside bicubic interpolation, and makes cubes larger', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const run = (scale: number) =>
      train({
        ...tinyRun,
        scale,
        patch: scale === 2 ? 6 : 4,
        data,
        steps: 3,
        out: join(folder, `x${scale}`),
      });
    const [two, four] = [await run(2), await run(4)];
    const scored = await evaluate({ checkpoint: two.folder, data, protocol: 'coarsr' });
    t.deepEqual([scored.scenes.length, scored.baselineName], [4, 'bicubic']);
    t.ok((scored.baseline?.mean.psnr ?? 0) > 20, `bicubic: ${scored.baseline?.mean.psnr}`);
    const both = await evaluate({ checkpoint: four.folder, half: two.folder, data });
    t.ok(Number.isFinite(both.mean.psnr), 'and refined by FineSR');

    const low = join(folder, 'low.mat');
    await writeCube(low, tinyCube(9));
    const made = async (name: string, checkpoint: string, more = {}) => {
      const out = join(folder, name);
      await upscale({ cubes: [low], checkpoint, out, ...more });
      return readCube(out);
    };
    const whole = await made('whole.mat', two.folder, { tile: 24 });
    t.deepEqual([whole.bands, whole.height, whole.width], [31, 48, 48]);
    t.equal(whole.wavelengths?.length, 31, 'wavelengths go along');
    const tiled = await made('tiled.mat', two.folder, { tile: 16, overlap: 12 });
    const worst = Math.max(...Array.from(whole.data, (value, i) => Math.abs(value - (tiled.data[i] ?? 9))));
    t.ok(worst < 0.02, `tiles agree with the whole to ${worst}`);

    const large = await made('large.mat', four.folder);
    t.equal(large.height, 96);
    const refined = join(folder, 'refined.mat');
    const parts = { upscaled: join(folder, 'large.mat'), half: join(folder, 'whole.mat'), out: refined };
    const { constraint, angle } = await refine(parts);
    t.ok(constraint >= 0 && angle >= 0, `weight ${constraint}, angle ${angle}`);
    t.equal((await readCube(refined)).height, 96);
    t.equal(native().memory().tensors, 0, 'no native tensor is left over');
  });
});

test('a blur is trained against, recorded, and scored against', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 3);
    const kernel = join(folder, 'kernel.csv');
    await writeFile(kernel, '1 2 1\n2 4 2\n1 2 1\n');
    const out = join(folder, 'run');
    const options = { ...tinyRun, data, steps: 2, kernel } as const;
    const { files, baseline } = await train({ ...options, out });
    const { metadata } = await readSafetensors(files.last);
    const facts = readCheckpointMetadata('last', metadata);
    const values = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((value) => value / 16);
    t.deepEqual(facts.kernel, { height: 3, width: 3, values });
    t.notOk(JSON.stringify(metadata).includes('kernel.csv'), 'by its values, not by its place');
    const plain = await train({ ...options, kernel: undefined, out: join(folder, 'plain') });
    t.notEqual(baseline?.psnr, plain.baseline?.psnr, 'bicubic interpolation sees the blur too');
    const scored = await evaluate({ checkpoint: out, data, kernel });
    const followed = await evaluate({ checkpoint: out, data });
    t.equal(
      scored.baseline?.mean.psnr,
      followed.baseline?.mean.psnr,
      'an evaluation blurs as the training did',
    );
    const unblurred = await evaluate({ checkpoint: out, data, kernel: 'none' });
    t.notEqual(scored.baseline?.mean.psnr, unblurred.baseline?.mean.psnr, 'unless it is told otherwise');

    await writeFile(kernel, '0 1 0\n');
    t.match(
      await failure({ resume: out }),
      /^CONFIG_RESUME .*kernel\.csv/,
      'another table under the same name',
    );
    const wrong = { ...options, out: join(folder, 'wrong'), kernel: 'gaussian' };
    t.match(await failure(wrong), /^CONFIG_VALUE .*'gaussian'/);
    const spread = await train({ ...options, kernel: 'point-spread', out: join(folder, 'spread') });
    const { metadata: header } = await readSafetensors(spread.files.best);
    t.equal(readCheckpointMetadata('best', header).kernel, 'point-spread');
  });
});
