import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { readCheckpointMetadata, readSafetensors } from '../../../ts/io/index.js';
import { type StartEvent, type TrainEvent, train } from '../../../ts/train/index.js';
import { failure, inFolder, tinyRun, writeTinyPhoto, writeTinyScenes } from './tiny-scenes.js';

const options = { ...tinyRun, perceptualWeight: undefined, paradigm: 'supervised', steps: 1 } as const;

/** Start and notices of a run. */
function listener(): { starts: StartEvent[]; notices: string[]; onProgress: (event: TrainEvent) => void } {
  const [starts, notices]: [StartEvent[], string[]] = [[], []];
  const onProgress = (event: TrainEvent): void => {
    if (event.type === 'start') starts.push(event);
    if (event.type === 'notice') notices.push(event.text);
  };
  return { starts, notices, onProgress };
}

test('a split by name holds back its scenes, and the run says which data set it recognised', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 3);
    await rename(join(data, 'scene0.mat'), join(data, 'balloons.mat'));
    await rename(join(data, 'scene1.mat'), join(data, 'beads.mat'));
    await rename(join(data, 'scene2.mat'), join(data, 'cloth.mat'));
    const { starts, notices, onProgress } = listener();
    const out = join(folder, 'run');
    const { files } = await train({ ...options, data, split: 'unssr-cave', out, onProgress });
    t.deepEqual(starts[0]?.scenes, { training: 2, heldBack: 1 });
    t.ok(
      notices.some((text) => /recognised as CAVE.*3 of its 32 scenes/.test(text)),
      notices.join('; '),
    );
    const { metadata } = await readSafetensors(files.last);
    t.deepEqual(readCheckpointMetadata('last', metadata).heldBack, ['balloons']);
    await train({ resume: out });
    const refused = { ...options, data, out: join(folder, 'refused') };
    t.match(await failure({ ...refused, split: 'ntire2022' }), /^DATA_SCENE_MISSING ntire2022.*beads, cloth/);
    t.match(await failure({ ...refused, split: 'strip' }), /^CONFIG_VALUE 'strip' parts one scene.*3 scenes/);
    t.match(await failure({ ...refused, dataset: 'cav' }), /^CONFIG_VALUE 'cav' is no published data set/);
  });
});

test('a scene alone is parted by area', async (t) => {
  await inFolder(async (folder) => {
    const data = join(await writeTinyScenes(folder, 1), 'scene0.mat');
    const { notices, onProgress } = listener();
    const small = { ...options, patch: 8, stride: 4 };
    await train({ ...small, data, split: 'strip', out: join(folder, 'run'), onProgress });
    t.ok(
      notices.some((text) => /the last fifth of one scene/.test(text)),
      notices.join('; '),
    );
    const refused = { ...small, data, split: 'sspsr-chikusei', out: join(folder, 'refused') };
    t.match(await failure(refused), /^DATA_SIZE_MISMATCH scene0: 24x24 pixels.*2517x2335/);
  });
});

test('pictures in folders of their own are named, recorded whole, and asked for by rgb files alone', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder, 2);
    const rgbFolder = [join(folder, 'one'), join(folder, 'two')];
    for (const [i, place] of rgbFolder.entries()) {
      await mkdir(place);
      await writeTinyPhoto(join(place, `scene${i}_RGB.png`), i);
    }
    const out = join(folder, 'run');
    const given = { ...options, data, rgb: 'files', valFraction: 0, out } as const;
    t.match(await failure({ ...given, rgbFolder: join(folder, 'one') }), /^DATA_PAIR_MISSING scene 'scene1'/);
    await train({ ...given, rgbFolder });
    t.deepEqual(JSON.parse(await readFile(join(out, 'config.json'), 'utf8')).rgbFolder, rgbFolder);
    await train({ resume: out });
    t.match(await failure({ ...given, rgb: 'simulated', rgbFolder }), /^CONFIG_CONFLICT option 'rgbFolder'/);
  });
});
