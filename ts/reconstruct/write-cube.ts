import { type NativeTensor, native } from '../native/index.js';
import { blendedLines, type FinishedLines } from './blended.js';
import type { SourceImage } from './network.js';
import type { OpenNetwork } from './open-network.js';
import { beside, type Output } from './outputs.js';
import { PictureOfLines } from './picture-of-lines.js';
import { publishedReconstruction } from './published.js';
import { type CubeSink, openSink, type SinkPlan } from './sink.js';

/** Everything that is needed to make the files of one image. */
export interface CubeJob {
  output: Output;
  image: SourceImage;
  network: OpenNetwork;
  tiles: { tile: number; overlap: number; batch: number };
  tiling: 'blended' | 'published';
  /** File or folder of the uncertainty, or null. */
  uncertainty: string | null;
  pictures: boolean;
  signal: AbortSignal | undefined;
  onTiles: (count: number) => void;
}

/** Reconstructs an image and writes cube, uncertainty and pictures; nothing appears unless all of the cube is there.
 * @returns the files of the pictures. */
export async function writeCubeOf(job: CubeJob): Promise<string[]> {
  const { output, uncertainty } = job;
  const plan = planOf(job);
  const sinks: CubeSink[] = [];
  try {
    const cube = await openSink(output.cube, output.format, plan);
    sinks.push(cube);
    const second = uncertainty === null ? null : await openSink(uncertainty, output.format, plan);
    if (second !== null) sinks.push(second);
    const shown = job.pictures ? await PictureOfLines.open(job.image, job.network, plan, cube.lines) : null;
    await pour(linesOf(job, cube.lines), cube, second, shown);
    for (const sink of sinks) await sink.finish();
    return shown === null ? [] : await shown.write((word, ending) => beside(output.cube, word, ending));
  } catch (error) {
    for (const sink of sinks) await sink.abort();
    throw error;
  }
}

function planOf({ image, network }: CubeJob): SinkPlan {
  const { facts, bands } = network;
  const { height, width } = image;
  const notes = {
    made_by: `hyperlift ${facts.hyperlift}, network ${facts.model}, ${facts.paradigm}, step ${facts.step}`,
    training_data: facts.data,
  };
  return { bands, height, width, wavelengths: facts.wavelengths, notes };
}

async function* linesOf(job: CubeJob, lines: 'rows' | 'columns'): AsyncGenerator<FinishedLines> {
  const { image, network, tiles, signal, onTiles } = job;
  if (job.tiling === 'blended') {
    yield* blendedLines(image, network.run, { ...tiles, lines, signal }, onTiles);
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
  cube: CubeSink,
  uncertainty: CubeSink | null,
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
  cube: CubeSink,
  uncertainty: CubeSink | null,
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
