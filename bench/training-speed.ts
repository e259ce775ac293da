import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCube } from '../ts/data/index.js';
import type { TrainGiven } from '../ts/config/index.js';
import { checkModel } from '../ts/train/model-check.js';
import { completeOptions } from '../ts/train/run-options.js';
import { openTrainingData } from '../ts/train/scenes.js';
import { onThisMachine, openSession } from '../ts/train/session.js';
import { wavelengths } from './weights.js';

/** Writes `count` scenes of `size` x `size` pixels and 31 bands of 16 bits into `large`, and links the first of them into `small`. */
export async function writeScenes(wanted: {
  large: string;
  small: string;
  count: number;
  few: number;
  size: number;
}): Promise<void> {
  const { large, small, count, few, size } = wanted;
  for (const folder of [large, small]) await mkdir(folder, { recursive: true });
  const bands = wavelengths.length;
  const data = new Uint16Array(bands * size * size);
  for (let scene = 0; scene < count; scene++) {
    for (let i = 0; i < data.length; i++) data[i] = 30000 + 20000 * Math.sin(i / 50 + i / size ** 2 + scene);
    const name = `scene${scene}.mat`;
    const file = join(large, name);
    await writeCube(file, {
      data,
      dtype: 'uint16',
      bands,
      height: size,
      width: size,
      wavelengths,
      fullScale: 65535,
      name,
      origin: { file, format: 'mat5' },
    });
    if (scene < few) await link(file, join(small, name));
  }
}

/** Steps of one repetition: as between two validations of a short run. */
export const stepsAtOnce = 20;

/** Opens a run as `train` does, to be trained a few steps at a time; `waited` gives the seconds that steps have waited for batches. */
export async function openTraining(given: TrainGiven): Promise<{ run(): Promise<void>; waited(): number }> {
  const { closedForm: _, ...options } = onThisMachine(checkModel(completeOptions(given)));
  const data = await openTrainingData(options);
  const { trainer, feed } = await openSession(data, { options, steps: 1e6, from: 0, features: undefined });
  let step = 0;
  const run = async (): Promise<void> => {
    step += stepsAtOnce;
    feed.feed(trainer, step);
    await trainer.run(step);
  };
  return { run, waited: () => trainer.progress().secondsWaiting };
}
