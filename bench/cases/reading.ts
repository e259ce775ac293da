import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadingCase } from '../case.js';
import type { Contender } from '../contender.js';
import type { Figure, FigureCase, FigureSetting } from '../figure.js';
import { measure } from '../measure.js';
import { containers, writeScene } from '../scene-files.js';

const size = 512;
/** The event loop is never held up for longer. */
const longestBlock = 20;

/** What Python reads each container with. */
const peers: Record<(typeof containers)[number], readonly string[]> = {
  cave: ['imageio', 'opencv'],
  mat73: ['h5py'],
  'envi-bsq': ['numpy'],
  'envi-bip': ['numpy'],
};

async function figuresOf(
  container: (typeof containers)[number],
  path: string,
  { effort, ours, python }: FigureSetting,
): Promise<Figure[]> {
  const item: ReadingCase = { mode: 'reading', path };
  const judge = ours();
  const racing: Contender[] = [
    judge,
    ...peers[container].map((name) => python(name, 'reading-peer.py', name)),
  ];
  const { measured } = await measure(item, racing, effort);
  const block = await judge.ask<{ milliseconds: number }>({ do: 'longest-block', repetitions: 5 });
  await Promise.all(racing.map((contender) => contender.end()));
  const own = measured.get('ours');
  if (own === undefined || block === null) return [];
  const others = [...measured].filter(([name]) => name !== 'ours');
  const fastest = Math.min(...others.map(([, { seconds }]) => seconds));
  const parts = Object.fromEntries(
    [...measured].map(([name, { seconds }]) => [`${name} ms`, seconds * 1000]),
  );
  const name = `reading 31 x ${size} x ${size}, ${container}`;
  const held: Figure = {
    name: `${name}: longest hold of the event loop`,
    unit: 'ms',
    value: block.milliseconds,
    limit: longestBlock,
    parts: {},
  };
  if (others.length === 0) return [held];
  return [{ name: `${name}, over Python's`, unit: '', value: own.seconds / fastest, limit: 1, parts }, held];
}

/** Whole cubes from their containers, over the fastest of what Python reads them with, and how long the event loop is held up at most. */
export const reading: FigureCase = {
  part: 'reading',
  async measure(setting) {
    const folder = await mkdtemp(join(tmpdir(), 'hyperlift-bench-'));
    try {
      const figures: Figure[] = [];
      for (const container of containers) {
        figures.push(...(await figuresOf(container, await writeScene(folder, container, size), setting)));
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
