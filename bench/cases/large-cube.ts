import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listModels } from '../../ts/models/index.js';
import type { BenchCase } from '../case.js';
import { askFresh } from '../contender.js';
import type { Figure, FigureCase, FigureSetting } from '../figure.js';
import { measureInTurn } from '../measure.js';

const cube = { bands: 31, scale: 4 };
const mebibyte = 2 ** 20;
/** MiB that tiles may take: `upscale --memory`. */
const memory = 1024;

/** The networks of the task that were asked for; the dearest to run by itself where none was. */
function chosen(models: readonly string[] | undefined): string[] {
  const spatial = listModels().flatMap(({ id, task }) => (task === 'spatial' ? [id] : []));
  if (models !== undefined) return spatial.filter((id) => models.includes(id));
  return spatial.includes('coarsr') ? ['coarsr'] : ['edsr'];
}

/** MiB of a process that runs the network on next to nothing: Node, LibTorch and the weights. */
async function bareProcess(model: string, { ours, effort }: FigureSetting): Promise<number | null> {
  const item: BenchCase = {
    name: 'bare',
    mode: 'forward',
    model,
    size: 8,
    batch: 1,
    ...cube,
    precision: 'float32',
  };
  const once = { ...effort, rounds: 1, repetitions: 1, warmUp: 1 };
  const [bare] = (await measureInTurn([item], ours, once)) ?? [];
  return bare === undefined ? null : bare.peakBytes / mebibyte;
}

/** MiB of the cube and of the enlarged one. */
function cubesOf(size: number): number {
  return (cube.bands * size ** 2 * (1 + cube.scale ** 2) * Float32Array.BYTES_PER_ELEMENT) / mebibyte;
}

async function figureOf(model: string, setting: FigureSetting, folder: string): Promise<Figure | null> {
  const { cubeSize: size, effort, ours } = setting;
  const [low, checkpoint] = [join(folder, 'low.mat'), join(folder, 'weights.safetensors')];
  const wanted = { do: 'low-cube', model, scale: cube.scale, size, cube: low, checkpoint };
  if ((await askFresh(ours, wanted)) === null) return null;
  const bare = await bareProcess(model, setting);
  const options = {
    cubes: [low],
    checkpoint,
    out: join(folder, 'high.mat'),
    memory: `${memory}MiB`,
    threads: effort.threads,
  };
  const request = { do: 'upscale', options };
  const done = await askFresh<{ seconds: number; tile: number; peakBytes: number }>(ours, request);
  if (done === null || bare === null) return null;
  return {
    name: `memory of upscaling 31 x ${size} x ${size} x${cube.scale}, ${model}`,
    unit: 'MiB',
    value: done.peakBytes / mebibyte,
    limit: memory + cubesOf(size) + bare,
    parts: { 'tile px': done.tile, 'time s': done.seconds, 'cubes MiB': cubesOf(size), 'bare MiB': bare },
  };
}

/** Peak resident memory of making a cube four times larger in tiles with the usual `memory`, streamed to a MATLAB file: at most that
 * memory, both cubes, and what the process has before it starts. */
export const largeCube: FigureCase = {
  part: 'large-cube',
  async measure(setting) {
    const figures: Figure[] = [];
    for (const model of chosen(setting.models)) {
      const folder = await mkdtemp(join(tmpdir(), 'hyperlift-bench-'));
      try {
        const figure = await figureOf(model, setting, folder);
        if (figure !== null) figures.push(figure);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    return figures;
  },
};
