import type { BenchCase, ReadingCase, ResizeCase, ScoresCase, Timing } from './case.js';
import type { Contender } from './contender.js';
import { median, spread } from './statistics.js';

/** What a contender needed for a case. */
export interface Measured {
  /** Median of the repetitions, in seconds. */
  seconds: number;
  spread: number;
  peakBytes: number;
}

/** A case, measured. */
export interface Row extends BenchCase {
  ours: Measured;
  /** Counted in our own run. */
  operations: number;
  /** GFLOP/s of ours over those of the machine's matrix product at the same precision. */
  ofPeak: number;
  peers: Record<string, Measured & { ratio: number }>;
}

/** How thoroughly: each contender in turn runs `repetitions`, `rounds` times. */
export interface Effort {
  rounds: number;
  repetitions: number;
  warmUp: number;
  threads: number;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Runs a case on all contenders in turn, so that whatever else the machine does meets all of them. */
export async function measure(
  item: BenchCase | ReadingCase | ResizeCase | ScoresCase,
  contenders: readonly Contender[],
  { rounds, repetitions, warmUp, threads }: Effort,
): Promise<{ measured: Map<string, Measured>; operations: number }> {
  const timings = new Map<string, Timing[]>();
  let operations = 0;
  for (const contender of contenders) {
    const ready = await contender.ask<{ operations?: number }>({ do: 'prepare', case: item, threads });
    if (ready === null) continue;
    operations = ready.operations ?? operations;
    if ((await contender.ask({ do: 'time', repetitions: warmUp })) !== null) timings.set(contender.name, []);
  }
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const list = timings.get(contender.name);
      if (list === undefined) continue;
      await pause();
      const timing = await contender.ask<Timing>({ do: 'time', repetitions });
      if (timing !== null) list.push(timing);
    }
  }
  return { measured: new Map([...timings].map(([name, list]) => [name, summed(list)])), operations };
}

/** Runs cases of ours in turn, each in a process of its own, so that their ratio can be trusted; null where one failed. */
export async function measureInTurn(
  cases: readonly BenchCase[],
  ours: () => Contender,
  { rounds, repetitions, warmUp, threads }: Effort,
): Promise<Measured[] | null> {
  const racing = cases.map((item) => ({ item, contender: ours(), timings: [] as Timing[] }));
  try {
    for (const { item, contender } of racing) {
      if ((await contender.ask({ do: 'prepare', case: item, threads })) === null) return null;
      if ((await contender.ask({ do: 'time', repetitions: warmUp })) === null) return null;
    }
    for (let round = 0; round < rounds; round++) {
      for (const { contender, timings } of racing) {
        await pause();
        const timing = await contender.ask<Timing>({ do: 'time', repetitions });
        if (timing === null) return null;
        timings.push(timing);
      }
    }
    return racing.map(({ timings }) => summed(timings));
  } finally {
    await Promise.all(racing.map(({ contender }) => contender.end()));
  }
}

function summed(timings: readonly Timing[]): Measured {
  const seconds = timings.flatMap((timing) => timing.seconds);
  const peakBytes = Math.max(...timings.map((timing) => timing.peakBytes));
  return { seconds: median(seconds), spread: spread(seconds), peakBytes };
}

/** GFLOP/s of the machine's matrix product at each precision, by the best of several. */
export async function gemmPeak(contender: Contender, threads: number): Promise<Record<string, number>> {
  const size = 2048;
  const peak: Record<string, number> = {};
  for (const precision of ['float32', 'bfloat16']) {
    const request = { do: 'gemm', size, precision, repetitions: 8, threads };
    const reply = await contender.ask<{ seconds: number[] }>(request);
    peak[precision] = reply === null ? Number.NaN : (2 * size ** 3) / Math.min(...reply.seconds) / 1e9;
  }
  return peak;
}

/** The row of a case; null where ours failed. */
export function rowOf(
  item: BenchCase,
  { measured, operations }: Awaited<ReturnType<typeof measure>>,
  peak: Record<string, number>,
): Row | null {
  const ours = measured.get('ours');
  if (ours === undefined) return null;
  const peers: Row['peers'] = {};
  for (const [name, result] of measured) {
    if (name !== 'ours') peers[name] = { ...result, ratio: result.seconds / ours.seconds };
  }
  const ofPeak = operations / ours.seconds / 1e9 / (peak[item.precision] ?? Number.NaN);
  return { ...item, ours, operations, ofPeak, peers };
}
