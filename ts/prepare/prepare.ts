import { onlyGiven } from '../config/only-given.js';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckedOptions, checkedOptions } from '../config/checked.js';
import { type PrepareGiven, prepareTable } from '../config/index.js';
import {
  type CubeData,
  type CubeDType,
  openDataset,
  Random,
  type Scene,
  splitByFile,
  splitScenes,
} from '../data/index.js';
import { blurOf, type DegradeOptions, patchPairs } from '../degrade/index.js';
import { DataError } from '../errors.js';
import { writeAtomically } from '../io/index.js';
import { native } from '../native/index.js';
import { Tensor, tidy } from '../tensor/index.js';
import { readSizeFactors } from '../train/run-options.js';
import type { PrepareEvent } from './events.js';
import { type Plan, planPatches, type ScenePlan } from './plan.js';
import { sampleFile, writeSample } from './sample-file.js';

/** What `prepare` takes: the options of `hyperlift prepare` by their names, and how to listen and stop. */
export interface PrepareOptions extends PrepareGiven {
  /** Called with each event. */
  onProgress?: ((event: PrepareEvent) => void) | undefined;
  /** Stops between two patches; the files written so far stay. */
  signal?: AbortSignal | undefined;
}

/** What `prepare` returns. */
export interface PrepareResult {
  out: string;
  /** Files written. */
  samples: number;
  /** Names of the scenes. */
  training: string[];
  heldBack: string[];
  seconds: number;
}

type Checked = CheckedOptions<typeof prepareTable>;

const noiseStream = 6;

/** Writes training patches to disk, as the published MATLAB scripts do: each scene at several sizes (bicubic, antialiased), patches at
 * random places, turned and mirrored, and their low-resolution cubes; computed in double, stored in single, not clipped.
 *
 * The same options and scenes give the same files.
 * @throws ConfigError `CONFIG_*`; DataError `DATA_EXISTS` for a folder that is not empty, `DATA_SCENE_MISSING`, `DATA_SCENE_KIND`,
 * `DATA_PATCH_TOO_LARGE`, and what reading throws; RunError `RUN_DISK_FULL`; the signal's reason when it is aborted.
 * @example await prepare({ data: 'CAVE', scale: 4, out: 'patches-x4' }); */
export async function prepare(given: PrepareOptions): Promise<PrepareResult> {
  const started = performance.now();
  const { onProgress: report = () => {}, signal, ...rest } = given;
  const options = checkedOptions(prepareTable, rest);
  const { out, scale, noise, seed, patch, threads } = options;
  const factors = readSizeFactors(options.sizeFactors);
  const kernel = options.kernel === undefined ? {} : { kernel: await blurOf(options.kernel) };
  await requireEmpty(out);
  if (threads !== undefined) native().setThreads(threads);
  const { training, heldBack } = await scenesOf(options, report);
  const { variants, places } = options;
  const plan = await planPatches(training, factors, { variants, places, seed, patch: patch * scale });
  if (plan.left.length > 0) {
    report({ type: 'notice', text: `too small for a patch and left out: ${plan.left.join(', ')}` });
  }
  const { samples } = plan;
  report({ type: 'start', training: training.length, heldBack: heldBack.length, samples });
  const names = { training: namesOf(training), heldBack: namesOf(heldBack) };
  await writeNames(join(out, 'training.txt'), names.training);
  await writeNames(join(out, 'held-back.txt'), names.heldBack);
  await writeAll(plan, { options, how: { scale, noise, ...kernel }, report, signal, started });
  const seconds = (performance.now() - started) / 1000;
  report({ type: 'done', samples, seconds });
  return { out, samples, ...names, seconds };
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause) => {
    if (cause.code === 'ENOENT') return [];
    throw new DataError('DATA_EXISTS', `${folder}: is no folder that can be written to`, { cause });
  });
  if (names.length === 0) return;
  const found = `${names.length} entries, '${names[0]}' among them`;
  throw new DataError('DATA_EXISTS', `${folder}: found ${found}; an empty folder or none was expected`);
}

async function scenesOf(
  options: Checked,
  report: (event: PrepareEvent) => void,
): Promise<{ training: Scene[]; heldBack: Scene[] }> {
  const { data, split, valFraction: validation, seed, variable, axes, fullScale, dataset } = options;
  const { scenes, notices } = await openDataset(data, onlyGiven({ variable, axes, fullScale, dataset }));
  for (const text of notices) report({ type: 'notice', text });
  if (split !== undefined) {
    const { named, others } = await splitByFile(scenes, split);
    return { training: others, heldBack: named };
  }
  const { train, validation: heldBack } = splitScenes(scenes, { validation, seed });
  return { training: train, heldBack };
}

function namesOf(scenes: readonly Scene[]): string[] {
  return scenes.map(({ name }) => name);
}

async function writeNames(file: string, names: readonly string[]): Promise<void> {
  await writeAtomically(file, (handle) => handle.writeFile(names.map((name) => `${name}\n`).join('')));
}

interface Job {
  options: Checked;
  how: DegradeOptions;
  report: (event: PrepareEvent) => void;
  signal: AbortSignal | undefined;
  started: number;
}

async function writeAll(plan: Plan, job: Job): Promise<void> {
  let done = 0;
  const { samples: total } = plan;
  for (const scenePlan of plan.scenes) {
    const scene = scenePlan.scene.name;
    await writeScene(scenePlan, done, job, (count) => {
      done += count;
      const perSecond = (1000 * done) / (performance.now() - job.started);
      const remainingSeconds = (total - done) / perSecond;
      job.report({ type: 'samples', scene, done, total, perSecond, remainingSeconds });
    });
  }
}

/** Writes the samples of a scene, their numbers following `before`. */
async function writeScene(
  { scene, cuts }: ScenePlan,
  before: number,
  { options, how, signal }: Job,
  onSamples: (count: number) => void,
): Promise<void> {
  const side = options.patch * options.scale;
  let last = before;
  await tidy(async () => {
    const whole = await unitCube(await scene.readCube(), options.byMaximum);
    for (const { factor, places } of cuts) {
      const sized = factor === 1 ? whole : await whole.imresize({ scale: factor });
      for (const { row, column, variants } of places) {
        signal?.throwIfAborted();
        await tidy(async () => {
          const rows = sized.slice(1, { start: row, end: row + side });
          const patch = rows.slice(2, { start: column, end: column + side });
          const seed = new Random(options.seed, last, noiseStream).next();
          const pairs = await patchPairs(patch, { ...how, seed }, variants);
          const first = last + 1;
          await Promise.all(pairs.map((pair, i) => writeSample(sampleFile(options.out, first + i), pair)));
        });
        last += variants.length;
        onSamples(variants.length);
      }
    }
  });
}

/** The cube in [0, 1], in double. */
async function unitCube(cube: CubeData, byMaximum: boolean): Promise<Tensor<'float64'>> {
  const { data, dtype, bands, height, width, name } = cube;
  const stored = new Tensor<CubeDType>(native().fromTypedArray(data, [bands, height, width], dtype, 'cpu'));
  const values = await stored.to('float64');
  const scale = byMaximum ? await (await values.max()).item() : cube.fullScale;
  if (!(scale > 0)) throw new DataError('DATA_RANGE', `scene '${name}' has no value above 0 to divide by`);
  return values.div(scale);
}
