import type { CubeWriter } from '../data/index.js';
import { type NativeTensor, native } from '../native/index.js';
import { blendedLines, type FinishedLines } from './blended.js';
import type { SourceImage } from './network.js';
import type { OpenCheckpoint } from './open-network.js';
import { beside, type Output } from './outputs.js';
import type { PictureOfLines } from './picture-of-lines.js';
import { publishedReconstruction } from './published.js';
import { openSink, type SinkPlan } from './sink.js';

/** Everything that is needed to make the files of one image. */
export interface CubeJob {
  output: Output;
  image: SourceImage;
  network: OpenCheckpoint;
  /** What the container says of the cube. */
  plan: SinkPlan;
  tiles: { tile: number; overlap: number; batch: number };
  tiling: 'blended' | 'published';
  /** File or folder of the uncertainty, or null. */
  uncertainty: string | null;
  /** Begins the pictures, or null for none; told the order of the lines. */
  pictures: ((lines: 'rows' | 'columns') => Promise<PictureOfLines>) | null;
  signal: AbortSignal | undefined;
  onTiles: (count: number) => void;
}

/** Reconstructs an image and writes cube, uncertainty and pictures; nothing appears unless all of the cube is there.
 * @returns the files of the pictures. */
export async function writeCubeOf(job: CubeJob): Promise<string[]> {
  const { output, uncertainty, plan } = job;
  const sinks: CubeWriter[] = [];
  try {
    const cube = await openSink(output.cube, output.format, plan);
    sinks.push(cube);
    const second = uncertainty === null ? null : await openSink(uncertainty, output.format, plan);
    if (second !== null) sinks.push(second);
    const shown = job.pictures === null ? null : await job.pictures(cube.lines);
    await pour(linesOf(job, cube.lines), cube, second, shown);
    for (const sink of sinks) await sink.finish();
    return shown === null ? [] : await shown.write((word, ending) => beside(output.cube, word, ending));
  } catch (error) {
    for (const sink of sinks) await sink.abort();
    throw error;
  }
}

/** Writes a cube that is in memory, `[bands, height, width]`, and its pictures, as {@link writeCubeOf} does. */
export async function writeWholeCube(
  cube: NativeTensor,
  { output, plan, pictures }: Pick<CubeJob, 'output' | 'plan' | 'pictures'>,
): Promise<string[]> {
  const sink = await openSink(output.cube, output.format, plan);
  try {
    const values = sink.lines === 'rows' ? cube : await native().turnedCube(cube);
    try {
      const count = sink.lines === 'rows' ? plan.height : plan.width;
      const shown = pictures === null ? null : await pictures(sink.lines);
      await store({ start: 0, count, values }, sink, null, shown);
      await sink.finish();
      return shown === null ? [] : await shown.write((word, ending) => beside(output.cube, word, ending));
    } finally {
      if (values !== cube) values.dispose();
    }
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** What made a cube, for the container. */
export function notesOf({ facts }: OpenCheckpoint): SinkPlan['notes'] {
  return {
    made_by: `hyperlift ${facts.hyperlift}, network ${facts.model}, ${facts.paradigm}, step ${facts.step}`,
    training_data: facts.data,
  };
}

async function* linesOf(job: CubeJob, lines: 'rows' | 'columns'): AsyncGenerator<FinishedLines> {
  const { image, network, tiles, signal, onTiles } = job;
  if (job.tiling === 'blended') {
    yield* blendedLines(image, network.run, { ...tiles, scale: network.scale, lines, signal }, onTiles);
    return;
  }
  const settings = { tile: tiles.tile, batch: tiles.batch, signal, onTiles };
  const cube = await publishedReconstruction(image, network.run, settings);
  const values = lines === 'rows' ? cube : await native().turnedCube(cube);
  if (values !== cube) cube.dispose();
  yield { start: 0, count: lines === 'rows' ? image.height : image.width, values };
}

/** Writes lines while the next ones are being computed. */
async function pour(
  source: AsyncGenerator<FinishedLines>,
  cube: CubeWriter,
  uncertainty: CubeWriter | null,
  shown: PictureOfLines | null,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const lines of source) {
      await writing;
      await native().clampUnit(lines.values);
      writing = store(lines, cube, uncertainty, shown).finally(() => lines.values.dispose());
      // A failure is met at the next await; it must not count as unhandled before.
      writing.catch(() => undefined);
    }
  } finally {
    await writing;
  }
}

async function store(
  { start, count, values }: FinishedLines,
  cube: CubeWriter,
  uncertainty: CubeWriter | null,
  shown: PictureOfLines | null,
): Promise<void> {
  const numbers = await floatsOf(values);
  await cube.write(start, count, numbers);
  await shown?.add(start, count, values, numbers);
  if (uncertainty === null) return;
  const map = await native().entropyMap(values);
  await uncertainty.write(start, count, await floatsOf(map)).finally(() => map.dispose());
}

async function floatsOf(tensor: NativeTensor): Promise<Float32Array> {
  const values = await native().toTypedArray(tensor);
  return values instanceof Float32Array ? values : Float32Array.from(values, Number);
}
