import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCube } from '../ts/data/index.js';
import { type TrainEvent, type TrainOptions, train } from '../ts/train/index.js';
import { peakBytes } from './peak-memory.js';
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

/** Steps a second of a run, its first quarter left out. */
export async function trainingSpeed(
  options: TrainOptions & { steps: number },
): Promise<{ stepsPerSecond: number; peakBytes: number }> {
  const seen: { step: number; at: number }[] = [];
  const onProgress = (event: TrainEvent): void => {
    if (event.type === 'step' && event.step >= options.steps / 4)
      seen.push({ step: event.step, at: performance.now() / 1000 });
  };
  await train({ ...options, onProgress });
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || last.step === first.step)
    throw new RangeError(`${options.steps} steps are too few to be timed`);
  return { stepsPerSecond: (last.step - first.step) / (last.at - first.at), peakBytes: peakBytes() };
}
