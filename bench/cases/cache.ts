import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SceneCache } from '../../ts/data/index.js';
import type { Timing } from '../case.js';
import { askFresh, type Contender } from '../contender.js';
import type { Figure, FigureCase, FigureSetting } from '../figure.js';
import type { Effort } from '../measure.js';
import { median } from '../statistics.js';
import { stepsAtOnce } from '../training-speed.js';

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
}

/** What the limit saw. */
interface Watch {
  peakBytes: number;
  takenBytes: number;
  /** Of its own computing. */
  seconds: number;
}

/** A small network: what it computes should not hide what reading costs. */
function training(data: string, cache: string, threads: number): object {
  const network = { model: 'sfformer', modelOptions: { width: 12, blocks: 1 }, paradigm: 'supervised' };
  const patches = { batch: 2, patch: 128, stride: 8, valPatches: 2 };
  return { do: 'open-training', options: { ...network, ...patches, data, cache, threads } };
}

/** Milliseconds a step of both, in turn, so that whatever else the machine does meets both. */
async function stepTimes(
  held: Contender,
  mapped: Contender,
  { rounds, repetitions, warmUp }: Effort,
): Promise<{ held: number[]; mapped: number[] } | null> {
  const times = { held: [] as number[], mapped: [] as number[] };
  for (let turn = -warmUp; turn < rounds * repetitions; turn++) {
    for (const [name, contender] of [
      ['held', held],
      ['mapped', mapped],
    ] as const) {
      const timing = await contender.ask<Timing>({ do: 'time', repetitions: 1 });
      const [seconds] = timing?.seconds ?? [];
      if (seconds === undefined) return null;
      if (turn >= 0) times[name].push((1000 * seconds) / stepsAtOnce);
    }
  }
  return times;
}

interface Measurement {
  held: number[];
  mapped: number[];
  watch: Watch;
  /** Milliseconds of a step in which it waited for its batch. */
  waiting: { held: number; mapped: number };
}

async function waitOf(contender: Contender, turns: number): Promise<number> {
  const waited = await contender.ask<{ seconds: number }>({ do: 'waited' });
  return (1000 * (waited?.seconds ?? Number.NaN)) / (turns * stepsAtOnce);
}

async function measured(
  { ours, python, effort, cacheLimit }: FigureSetting,
  { large, small, cache }: Folders,
): Promise<Measurement | null> {
  const [held, mapped] = [ours(), ours()];
  const opened: Contender[] = [held, mapped];
  try {
    const ready = await Promise.all([
      held.ask(training(small, 'off', effort.threads)),
      mapped.ask(training(large, cache, effort.threads)),
    ]);
    if (ready.includes(null)) return null;
    const watcher = python('limit', 'memory-limit.py', String(mapped.pid), cache, String(cacheLimit));
    opened.push(watcher);
    if ((await watcher.ask({ do: 'start' })) === null) return null;
    const times = await stepTimes(held, mapped, effort);
    const watch = await watcher.ask<Watch>({ do: 'end' });
    if (times === null || watch === null) return null;
    const turns = effort.warmUp + effort.rounds * effort.repetitions;
    return {
      ...times,
      watch,
      waiting: { held: await waitOf(held, turns), mapped: await waitOf(mapped, turns) },
    };
  } finally {
    await Promise.all(opened.map((contender) => contender.end()));
  }
}

async function figureIn(setting: FigureSetting, folders: Folders): Promise<Figure | null> {
  const { ours, cacheLimit: limit } = setting;
  const few = Math.floor(limit / sceneBytes);
  const count = Math.ceil((times * limit) / sceneBytes);
  if ((await askFresh(ours, { do: 'scenes', ...folders, count, few, size })) === null) return null;
  const found = await measured(setting, folders);
  if (found === null) return null;
  const { held, mapped, watch, waiting } = found;
  return {
    name: `training step on ${count} scenes, ${times} times a memory limit, over one on ${few} that fit`,
    unit: '',
    value: median(mapped.map((time, turn) => time / (held[turn] ?? Number.NaN))),
    limit: 1 / 0.9,
    parts: {
      'in memory ms': median(held),
      'mapped ms': median(mapped),
      'waiting in memory ms': waiting.held,
      'waiting mapped ms': waiting.mapped,
      'limit MiB': limit / mebibyte,
      'scenes MiB': (await new SceneCache(folders.cache).bytes()) / mebibyte,
      'most resident MiB': watch.peakBytes / mebibyte,
      'taken away MiB': watch.takenBytes / mebibyte,
      'limiting s': watch.seconds,
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
    const [large, small, kept] = [join(folder, 'large'), join(folder, 'small'), join(folder, 'cache')];
    try {
      const figure = await figureIn(setting, { large, small, cache: kept });
      return figure === null ? [] : [figure];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
