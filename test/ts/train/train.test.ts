import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { readCheckpointMetadata, readSafetensors } from '../../../ts/io/index.js';
import { native } from '../../../ts/native/index.js';
import { type StartEvent, type TrainEvent, train } from '../../../ts/train/index.js';
import {
  failure,
  inFolder,
  tinyRun,
  writeTinyPhoto,
  writeTinyPhotos,
  writeTinyScenes,
} from './tiny-scenes.js';

test('a supervised run leaves its four files, and equal runs leave equal bytes', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const events: TrainEvent[] = [];
    const options = {
      ...tinyRun,
      perceptualWeight: undefined,
      paradigm: 'supervised',
      data,
      steps: 6,
      validateEvery: 3,
    } as const;
    const first = await train({
      ...options,
      out: join(folder, 'a'),
      onProgress: (event) => events.push(event),
    });
    const second = await train({ ...options, out: join(folder, 'b'), checkpointEvery: 2 });
    const [a, b] = [await readFile(first.files.last), await readFile(second.files.last)];
    t.ok(a.equals(b), 'last.safetensors of equal runs in other folders is equal to the byte');
    t.ok(
      (await readFile(first.files.best)).equals(await readFile(second.files.best)),
      'so is best.safetensors',
    );
    const other = await train({ ...options, seed: 1, out: join(folder, 'c') });
    t.notOk(a.equals(await readFile(other.files.last)), 'another seed gives other weights');

    const { metadata, tensors } = await readSafetensors(first.files.last);
    const facts = readCheckpointMetadata('last', metadata);
    t.equal(facts.step, 6);
    t.equal(facts.options.width, 12);
    t.equal(facts.rgb?.response.table.length, 93);
    t.equal(facts.baseline?.length, 31, 'the regression of the same scenes travels along');
    t.notOk(JSON.stringify(metadata).includes(folder), 'no path is recorded');
    t.ok(
      [...tensors.keys()].some((key) => key.startsWith('optimizer/')),
      'the optimizer is there',
    );
    const best = (await readSafetensors(first.files.best)).tensors;
    t.notOk(
      [...best.keys()].some((key) => key.includes('/')),
      'best holds weights alone',
    );

    t.deepEqual(
      events.filter(({ type }) => type === 'validation').map((event) => 'step' in event && event.step),
      [3, 6],
      'validations come by steps',
    );
    t.ok((first.baseline?.psnr ?? 0) > 15, 'the line to beat is told');
    t.ok(Number.isFinite(first.best?.scores.psnr), 'and so is ours');
    const log = (await readFile(first.files.log, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    t.deepEqual([log[0].type, log.at(-1).type], ['start', 'done'], 'log.jsonl has an event a line');
    const { tensors: alive } = native().memory();
    t.equal(alive, 0, 'no native tensor is left over');
    const config = JSON.parse(await readFile(first.files.config, 'utf8'));
    t.deepEqual([config.steps, config.batch, config.loss, config.data], [6, 2, 'l1', data]);
  });
});

test('an unsupervised run takes pictures alone, and is chosen by its loss', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyPhotos(folder);
    const events: TrainEvent[] = [];
    const result = await train({
      ...tinyRun,
      paradigm: 'unsupervised',
      data,
      steps: 4,
      out: join(folder, 'run'),
      onProgress: (event) => events.push(event),
    });
    const chosen = events.find((event) => event.type === 'validation');
    t.equal(chosen?.type === 'validation' && chosen.selection, 'total');
    t.notOk('psnr' in (result.best?.scores ?? {}), 'there is no cube to score against');
    t.equal(result.baseline, null);
    const { metadata } = await readSafetensors(result.files.best);
    t.equal(readCheckpointMetadata('best', metadata).rgb?.source, 'files');
  });
});

test('unsupervised training never sees the cubes beside the pictures', async (t) => {
  await inFolder(async (folder) => {
    const run = async (name: string, firstScene: number) => {
      const place = join(folder, name);
      await mkdir(place);
      const data = await writeTinyScenes(place, 3, firstScene);
      for (const photo of [0, 1, 2])
        await writeTinyPhoto(join(data, `scene${photo + firstScene}.png`), photo);
      for (const kind of ['mat', 'png']) {
        for (const i of [0, 1, 2])
          await rename(join(data, `scene${i + firstScene}.${kind}`), join(data, `s${i}.${kind}`));
      }
      const out = join(place, 'run');
      const events: TrainEvent[] = [];
      const options = {
        ...tinyRun,
        paradigm: 'unsupervised',
        rgb: 'files',
        data,
        out,
        steps: 3,
        validateEvery: 1,
      } as const;
      const { files } = await train({ ...options, onProgress: (event) => events.push(event) });
      const best = await readSafetensors(files.best);
      return { events, best, facts: readCheckpointMetadata('best', best.metadata) };
    };
    const [a, b] = [await run('a', 0), await run('b', 5)];
    t.deepEqual(a.best.tensors, b.best.tensors, 'other cubes, the same pictures: the same best weights');
    t.equal(a.facts.best?.step, b.facts.best?.step);
    t.notEqual(a.facts.best?.scores.psnr, b.facts.best?.scores.psnr, 'only what is told beside them differs');
    t.deepEqual([a.facts.rgb?.source, a.facts.rgb?.kind], ['files', 'srgb'], 'the kind of RGB is recorded');
    const totals = a.events.flatMap((event) =>
      event.type === 'validation' ? [event.scores.total ?? 0] : [],
    );
    t.equal(a.facts.best?.scores.total, Math.min(...totals), 'the least loss is chosen');
  });
});

test('a stopped run goes on to the same bytes', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const options = {
      ...tinyRun,
      paradigm: 'unsupervised',
      data,
      steps: 8,
      validateEvery: 3,
      checkpointEvery: 3,
      ema: 0.9,
      accumulate: 2,
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
    t.ok(
      (await readFile(resumed.files.last)).equals(await readFile(whole.files.last)),
      'last is equal to the byte',
    );
    t.ok(
      (await readFile(resumed.files.best)).equals(await readFile(whole.files.best)),
      'best is equal to the byte',
    );
    t.deepEqual(resumed.best, whole.best);
  });
});

test('a loss that is not finite stops the run and keeps the last checkpoint', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'run');
    const options = { ...tinyRun, perceptualWeight: undefined, paradigm: 'supervised', data, out } as const;
    const message = await failure({
      ...options,
      steps: 40,
      lr: 1e30,
      clip: 0,
      warmup: 0,
      checkpointEvery: 1,
    });
    t.match(
      message,
      /^RUN_LOSS_NOT_FINITE .*step \d+.*scene\d at row \d+, column \d+/,
      'step and batch are named',
    );
    const { tensors } = await readSafetensors(join(out, 'last.safetensors'));
    t.ok(tensors.size > 0, 'the last checkpoint is whole');
  });
});

test('rootpoly is fitted in closed form', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const { best, baseline, files } = await train({
      model: 'rootpoly',
      data,
      patch: 8,
      out: join(folder, 'run'),
    });
    t.equal(best?.scores.psnr, baseline?.psnr, 'it is the line to beat itself');
    const { tensors, metadata } = await readSafetensors(files.best);
    t.deepEqual(tensors.get('weight')?.shape, [31, 6]);
    t.equal(readCheckpointMetadata('best', metadata).model, 'rootpoly');
    t.match(
      await failure({ model: 'rootpoly', paradigm: 'unsupervised', data, out: join(folder, 'no') }),
      /^CONFIG_CONFLICT .*closed form/,
    );
  });
});

test('minutes become a number of steps that resume keeps', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const options = { ...tinyRun, paradigm: 'unsupervised', data, minutes: 0.05 } as const;
    const result = await train({ ...options, out: join(folder, 'run') });
    const config = JSON.parse(await readFile(result.files.config, 'utf8'));
    t.equal(config.steps, result.steps);
    t.notOk('minutes' in config, 'the minutes are a note, not an option of the repeated run');
    t.equal(config.hyperlift.minutes, 0.05);
    const repeated = await train({
      ...options,
      minutes: undefined,
      steps: result.steps,
      validateEvery: config.validateEvery,
      out: join(folder, 'again'),
    });
    t.ok(
      (await readFile(repeated.files.last)).equals(await readFile(result.files.last)),
      'the same steps without a measurement give the same bytes',
    );
  });
});

test('the scenes of a list are held back', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const list = join(folder, 'held-back.txt');
    await writeFile(list, 'scene2\nscene0\n');
    const options = {
      ...tinyRun,
      perceptualWeight: undefined,
      paradigm: 'supervised',
      data,
      steps: 2,
    } as const;
    const out = join(folder, 'run');
    const starts: StartEvent[] = [];
    const onProgress = (event: TrainEvent) => event.type === 'start' && starts.push(event);
    const { files } = await train({ ...options, split: list, out, onProgress });
    t.deepEqual(starts[0]?.scenes, { training: 2, heldBack: 2 });
    const { metadata } = await readSafetensors(files.last);
    t.deepEqual(readCheckpointMetadata('last', metadata).heldBack, ['scene0', 'scene2']);
    t.notOk(JSON.stringify(metadata).includes(folder), 'no path is recorded');
    await train({ resume: out });
    await writeFile(list, 'scene1\n');
    t.match(await failure({ resume: out }), /^CONFIG_RESUME .*held-back\.txt.*'scene0', 'scene2'/);
    const refused = { ...options, split: list, out: join(folder, 'refused') };
    await writeFile(list, 'scene1\nscene7\n');
    t.match(await failure(refused), /^DATA_SCENE_MISSING .*held-back\.txt: 'scene7' .*scene0, scene1/);
    await writeFile(list, 'scene0\nscene1\nscene2\nscene3\n');
    t.match(await failure(refused), /^DATA_PLAN_EMPTY .*held-back\.txt.*4 scenes/);
    t.match(await failure({ ...refused, valFraction: 0.5 }), /^CONFIG_CONFLICT .*split/);
  });
});

test('without scenes held back the run says so', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const starts: StartEvent[] = [];
    const { files } = await train({
      ...tinyRun,
      perceptualWeight: undefined,
      paradigm: 'supervised',
      data,
      steps: 1,
      valFraction: 0,
      out: join(folder, 'run'),
      onProgress: (event) => event.type === 'start' && starts.push(event),
    });
    t.deepEqual(starts[0]?.scenes, { training: 2, heldBack: 0 });
    const { metadata } = await readSafetensors(files.last);
    t.deepEqual(readCheckpointMetadata('last', metadata).heldBack, []);
  });
});
