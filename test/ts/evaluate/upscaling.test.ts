import { join } from 'node:path';
import test from 'tape';
import { writeCube } from '../../../ts/data/index.js';
import { type EvaluateEvent, evaluate } from '../../../ts/evaluate/index.js';
import { train } from '../../../ts/train/index.js';
import { upscale } from '../../../ts/upscale/index.js';
import { failsWith } from '../failure.js';
import { inFolder, tinyCube, writeTinyScenes } from '../train/tiny-scenes.js';

const tiny = { batch: 2, patch: 4, sizeFactors: '1', valPatches: 2, threads: 1, steps: 1 } as const;

test('an evaluation of a spatial network tells what has no effect, and counts the tiles of both stages', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const run = async (scale: number): Promise<string> => {
      const modelOptions = { width: 8, blocks: 1 };
      const out = join(folder, `x${scale}`);
      const { baselineName } = await train({ ...tiny, model: 'edsr', modelOptions, scale, data, out });
      t.equal(baselineName, 'bicubic', 'the line to beat has its name');
      return out;
    };
    const [two, four] = [await run(2), await run(4)];

    const refused = (more: object, culprit: RegExp): Promise<void> =>
      failsWith(t, evaluate({ checkpoint: four, data, ...more }), 'CONFIG_CONFLICT', culprit);
    await refused({ tiling: 'published' }, /'tiling'.*edsr/);
    await refused({ response: 'cie1964' }, /'response'.*edsr/);
    await refused({ rgb: 'files' }, /'rgb'.*edsr/);
    await refused({ half: four }, /'half' is .*x4.*one of scale 2/);

    const [whole, halved] = [
      await evaluate({ checkpoint: four, data }),
      await evaluate({ checkpoint: four, data, fullScale: 2 * 65535 }),
    ];
    const lighter = (halved.baseline?.mean.psnr ?? 0) - (whole.baseline?.mean.psnr ?? 0);
    t.ok(Math.abs(lighter - 20 * Math.log10(2)) < 0.1, `half the values, 6 dB more: ${lighter}`);

    const low = join(folder, 'low.mat');
    await writeCube(low, tinyCube(9));
    const counts: [number, number][] = [];
    await upscale({
      cubes: [low],
      checkpoint: four,
      half: two,
      tile: 16,
      overlap: 4,
      out: join(folder, 'high.mat'),
      onProgress: (event) => {
        if (event.type === 'tiles') counts.push([event.done, event.total]);
      },
    });
    t.deepEqual(counts.at(-1), [8, 8], 'four tiles of each network');
    t.ok(counts.every(([done, total]) => done <= total));
  });
});

test('an evaluation of a spectral network refuses what only super-resolution has', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const checkpoint = join(folder, 'run');
    const { baselineName } = await train({ model: 'rootpoly', data, patch: 16, out: checkpoint });
    t.equal(baselineName, 'rootpoly');
    for (const [name, value] of Object.entries({ half: checkpoint, kernel: 'gaussian:1', noise: 0.1 })) {
      const work = evaluate({ checkpoint, data, [name]: value });
      await failsWith(t, work, 'CONFIG_CONFLICT', new RegExp(`'${name}'.*rootpoly`));
    }
  });
});

test('an evaluation makes low-resolution cubes as the training did, unless it is told otherwise', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'blurred');
    const degraded = { kernel: 'gaussian:1.2', noise: 0.05 };
    const modelOptions = { width: 8, blocks: 1 };
    await train({ ...tiny, ...degraded, model: 'edsr', modelOptions, scale: 2, data, out });
    const notices: string[] = [];
    const scored = async (more: object): Promise<number> => {
      const onProgress = (event: EvaluateEvent): void =>
        void (event.type === 'notice' && notices.push(event.text));
      const { baseline } = await evaluate({ checkpoint: out, data, ...more, onProgress });
      return baseline?.mean.psnr ?? 0;
    };
    t.equal(await scored({}), await scored(degraded), 'followed, it is what the options would say');
    t.equal(notices.length, 1, 'only what was not said is told');
    t.match(notices[0] ?? '', /kernel \(\d+ x \d+; --kernel none .* noise \(0\.05; --noise 0/);
    t.ok((await scored({ kernel: 'none', noise: 0 })) > (await scored({})), 'none and 0 do without');
  });
});
