import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SceneCache } from '../../ts/data/index.js';
import { type Contender, askFresh } from '../contender.js';
import type { Figure, FigureCase, FigureSetting } from '../figure.js';
import { median } from '../statistics.js';

const mebibyte = 2 ** 20;
/** A scene of the CAVE database: 31 bands of 512 x 512 pixels of 16 bits, 15.5 MiB. */
const size = 512;
const sceneBytes = 31 * size ** 2 * 2;
/** The larger data set has so many times the bytes of the limit. */
const times = 4;

interface Folders {
  large: string;
  small: string;
  cache: string;
  run: string;
}

interface Speed {
  stepsPerSecond: number;
  peakBytes: number;
}

/** What the limit saw. */
interface Watch {
  peakBytes: number;
  takenBytes: number;
}

/** A small network: what it computes should not hide what reading costs. */
function runOf(folders: Folders, data: string, cache: string, steps: number, threads: number): object {
  return {
    do: 'training-speed',
    options: {
      model: 'sfformer',
      modelOptions: { width: 12, blocks: 1 },
      paradigm: 'supervised',
      data,
      cache,
      steps,
      threads,
      batch: 2,
      patch: 128,
      stride: 8,
      valPatches: 2,
      validateEvery: steps,
      checkpointEvery: '60m',
      out: folders.run,
      overwrite: true,
    },
  };
}

/** Trains on the large data set from the cache, its files held to the limit from outside. */
async function limited(
  { ours, python, effort }: FigureSetting,
  folders: Folders,
  limit: number,
  steps: number,
): Promise<(Speed & { watch: Watch }) | null> {
  const contender: Contender = ours();
  const watcher = python('limit', 'memory-limit.py', String(contender.pid), folders.cache, String(limit));
  try {
    if ((await watcher.ask({ do: 'start' })) === null) return null;
    const request = runOf(folders, folders.large, folders.cache, steps, effort.threads);
    const speed = await contender.ask<Speed>(request);
    const watch = await watcher.ask<Watch>({ do: 'end' });
    return speed === null || watch === null ? null : { ...speed, watch };
  } finally {
    await Promise.all([contender.end(), watcher.end()]);
  }
}

async function figureIn(setting: FigureSetting, folders: Folders): Promise<Figure | null> {
  const { ours, effort, cacheLimit: limit } = setting;
  const few = Math.floor(limit / sceneBytes);
  const count = Math.ceil((times * limit) / sceneBytes);
  const steps = 20 * effort.repetitions;
  const written = { do: 'scenes', ...folders, count, few, size };
  if ((await askFresh(ours, written)) === null) return null;
  const building = runOf(folders, folders.large, folders.cache, 8, effort.threads);
  if ((await askFresh(ours, building)) === null) return null;
  const [held, mapped]: [number[], number[]] = [[], []];
  let [watch, peak]: [Watch, number] = [{ peakBytes: 0, takenBytes: 0 }, 0];
  for (let round = 0; round < effort.rounds; round++) {
    const inMemory = await askFresh<Speed>(ours, runOf(folders, folders.small, 'off', steps, effort.threads));
    const fromDisk = await limited(setting, folders, limit, steps);
    if (inMemory === null || fromDisk === null) return null;
    held.push(inMemory.stepsPerSecond);
    mapped.push(fromDisk.stepsPerSecond);
    watch = fromDisk.watch;
    peak = Math.max(peak, watch.peakBytes);
  }
  const onDisk = await new SceneCache(folders.cache).bytes();
  return {
    name: `training on ${count} scenes, ${times} times a memory limit, over ${few} that fit`,
    unit: '',
    value: median(held) / median(mapped),
    limit: 1 / 0.9,
    parts: {
      'steps/s in memory': median(held),
      'steps/s mapped': median(mapped),
      'limit MiB': limit / mebibyte,
      'scenes MiB': onDisk / mebibyte,
      'most resident MiB': peak / mebibyte,
      'taken away MiB': watch.takenBytes / mebibyte,
    },
  };
}

/** Time of a training step on a data set that is four times larger than the memory its pages may take, over that on one that fits: at
 * most 1 / 0.9. The limit is held by a process that takes pages away (memory-limit.py: Linux, Python), since a control group is not
 * to be had everywhere. */
export const cache: FigureCase = {
  part: 'cache',
  async measure(setting) {
    const folder = await mkdtemp(join(tmpdir(), 'hyperlift-bench-'));
    const [large, small, kept, run] = ['large', 'small', 'cache', 'run'].map((name) => join(folder, name));
    try {
      const figure = await figureIn(setting, { large, small, cache: kept, run } as Folders);
      return figure === null ? [] : [figure];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
