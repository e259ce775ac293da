import { onlyGiven } from '../config/only-given.js';
import { join } from 'node:path';
import { isDisplaced, testScenes, trainOrResume } from '../compare/compare.js';
import { refuseBesideResume } from '../compare/record-file.js';
import { checkedOptions } from '../config/checked.js';
import { spatialModel, type TrainGiven, type UpscalingTableGiven, upscalingTable } from '../config/index.js';
import { tableWithTrain } from '../config/table-options.js';
import { checkValues, type Values } from '../config/validate.js';
import { type Scene, openDataset } from '../data/index.js';
import { ConfigError, HyperliftError } from '../errors.js';
import { evaluate, scoreInterpolation } from '../evaluate/index.js';
import { writeAtomically } from '../io/index.js';
import { meanScores, protocolNamed } from '../metrics/index.js';
import { createModel, listModels, modelFacts } from '../models/index.js';
import { freeRunFolder, runFiles } from '../train/run-folder.js';
import { packageVersion } from '../version.js';
import type { TableEvent } from './events.js';
import { upscalingCsv, upscalingMarkdown } from './page.js';
import { type MethodFailure, type MethodRow, recordFile, type TableRecord } from './record.js';

/** What `compareUpscaling` takes: the options of `hyperlift table` by their names, and how to listen and stop. */
export interface UpscalingTableOptions extends UpscalingTableGiven {
  /** Called with each event. */
  onProgress?: ((event: TableEvent) => void) | undefined;
  /** Stops after the current step and a checkpoint. */
  signal?: AbortSignal | undefined;
}

/** What a table leaves. */
export interface UpscalingTableResult {
  folder: string;
  rows: (MethodRow | MethodFailure)[];
  /** The table as a page. */
  markdown: string;
  files: string[];
}

type Checked = ReturnType<typeof checked>;

interface Job {
  method: string;
  scale: number;
}

interface Work {
  folder: string;
  options: Checked;
  scenes: string[];
  onProgress: (event: TableEvent) => void;
  signal: AbortSignal | undefined;
}

/** The name of both stages together, and of what has to be beaten. */
const [bothStages, interpolation] = ['dualsr', 'bicubic'] as const;

/** Trains every spatial network at every scale with the same options, scores each on the same unseen scenes beside bicubic interpolation
 * and both stages of DualSR, and writes one table in the paper's form. Each network has its run folder `METHOD-xSCALE`; after an
 * interruption `resume` goes on where it stopped, in the middle of a training too.
 * @throws ConfigError `CONFIG_*`; ModelError `MODEL_UNKNOWN`; RunError `RUN_ABORTED`. What fails in one method is kept in its row.
 * @example
 * const { markdown } = await compareUpscaling({ methods: ['bicubic', 'edsr'], scales: [4], data: 'scenes', epochs: 2 });
 */
export async function compareUpscaling(given: UpscalingTableOptions): Promise<UpscalingTableResult> {
  const { onProgress = () => {}, signal, ...rest } = given;
  const { folder, record, options } = await openTable(rest);
  const scenes = await testScenes(options);
  const jobs = jobsOf(options);
  for (const [done, job] of jobs.entries()) {
    if (record.rows.some((row) => row.method === job.method && row.scale === job.scale)) continue;
    signal?.throwIfAborted();
    onProgress({ type: 'method', ...job, done, total: jobs.length });
    const row = await attempt(job, { folder, options, scenes, onProgress, signal });
    record.rows.push(row);
    await recordFile.write(folder, record);
    onProgress({ type: 'row', row, done: done + 1, total: jobs.length });
  }
  const markdown = upscalingMarkdown(record, options.figures);
  const tables: [string, string][] = [
    ['table.md', markdown],
    ['table.csv', upscalingCsv(record)],
  ];
  for (const [name, text] of tables) {
    await writeAtomically(join(folder, name), (handle) => handle.writeFile(text));
  }
  const files = [...tables.map(([name]) => name), recordFile.name].map((name) => join(folder, name));
  return { folder, rows: record.rows, markdown, files };
}

function checked(given: UpscalingTableGiven) {
  return checkedOptions(upscalingTable, given);
}

async function openTable(
  given: UpscalingTableGiven,
): Promise<{ folder: string; record: TableRecord; options: Checked }> {
  const { resume, ...others } = given;
  if (resume !== undefined) {
    refuseBesideResume(others);
    const record = await recordFile.read(resume);
    const file = join(resume, recordFile.name);
    const recorded = checkValues(upscalingTable, record.options, { kind: 'file', file });
    return { folder: resume, record, options: checked(recorded as UpscalingTableGiven) };
  }
  const options = checked(given);
  // Everything that can be refused is refused before a folder is made.
  jobsOf(options);
  await testScenes(options);
  const folder = options.out ?? (await freeRunFolder('table'));
  const { out: _out, ...recorded } = given;
  const kept = Object.fromEntries(Object.entries(recorded).filter(([, value]) => value !== undefined));
  const record = { hyperlift: packageVersion(), options: kept, rows: [] };
  return { folder, record: await recordFile.create(folder, record), options };
}

/** Methods and scales in the order in which they are done; a network is left out at a scale that it does not have, unless it was named. */
function jobsOf({ methods, scales }: Checked): Job[] {
  const named = [...new Set(typeof methods === 'string' ? [methods] : methods)];
  const every = [interpolation, ...networks(), bothStages];
  const chosen = named.flatMap((name) => (name === 'all' ? every : [name]));
  return scales.flatMap((scale) =>
    chosen.flatMap((method) => {
      const has = scalesOf(method);
      if (has.includes(scale)) return [{ method, scale }];
      if (!named.includes(method)) return [];
      throw new ConfigError('CONFIG_TYPE', `${method} has the scales ${has.join(', ')}; found ${scale}`);
    }),
  );
}

function networks(): string[] {
  return listModels()
    .filter(({ task }) => task === 'spatial')
    .map(({ id }) => id);
}

function scalesOf(method: string): number[] {
  if (method === interpolation) return [2, 3, 4, 8];
  if (method === bothStages) return [4, 8];
  const { id, task, scales } = modelFacts(method);
  if (task === 'spatial') return scales;
  throw new ConfigError(
    'CONFIG_TYPE',
    `'methods' names ${id}, which makes cubes of RGB; expected ${interpolation}, ${bothStages} or spatial networks: ${networks().join(', ')}`,
  );
}

/** A row, or the reason why there is none. An interruption ends the table; a mistake of ours is not hidden. */
async function attempt(job: Job, work: Work): Promise<MethodRow | MethodFailure> {
  try {
    return await trainAndScore(job, work);
  } catch (error) {
    if (work.signal?.aborted === true || !(error instanceof HyperliftError)) throw error;
    const { code, message } = error;
    return { ...job, error: { code, message } };
  }
}

async function trainAndScore({ method, scale }: Job, work: Work): Promise<MethodRow> {
  const { options, scenes, onProgress, signal } = work;
  if (method === interpolation) {
    const scored = await scoreInterpolation(await scenesOf(work), scale, {
      protocol: protocolNamed(options.protocol, 'spatial'),
      memory: options.memory,
      noise: options.noise ?? 0,
      kernel: options.kernel,
    });
    return { method, scale, parameters: 0, steps: 0, seconds: 0, scenes: scored, mean: meanScores(scored) };
  }
  const model = method === bothStages ? spatialModel : method;
  const whole = await trainOne(model, scale, work);
  const half = method === bothStages ? await trainOne(model, scale / 2, work) : null;
  const { precision, device, threads, protocol, memory, variable, fullScale, noise, kernel } = options;
  const { scenes: scored, mean } = await evaluate({
    ...defined({ precision, device, threads, protocol, memory, variable, fullScale, noise, kernel }),
    checkpoint: whole.checkpoint,
    ...(half === null ? {} : { half: half.checkpoint }),
    data: scenes,
    pictures: false,
    onProgress: (event) => onProgress({ type: 'evaluate', event }),
    signal,
  });
  const runs = half === null ? [whole] : [whole, half];
  const sum = (of: (run: Trained) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const cost = {
    parameters: sum((run) => run.parameters),
    steps: sum((run) => run.steps),
    seconds: sum((run) => run.seconds),
  };
  return { method, scale, ...cost, scenes: scored, mean };
}

async function scenesOf({ scenes, options }: Work): Promise<readonly Scene[]> {
  const { variable, axes, fullScale } = options;
  return (await openDataset(scenes, onlyGiven({ variable, axes, fullScale }))).scenes;
}

interface Trained {
  checkpoint: string;
  parameters: number;
  steps: number;
  seconds: number;
}

/** Trains a network at a scale, or takes the run that another method has trained. */
async function trainOne(model: string, scale: number, work: Work): Promise<Trained> {
  const { folder, options, onProgress, signal } = work;
  const run = join(folder, `${model}-x${scale}`);
  const given = { ...picked(options), model, scale, paradigm: 'supervised' } as TrainGiven;
  const listen = {
    onProgress: (event: Parameters<NonNullable<Listener>>[0]) => onProgress({ type: 'train', event }),
    signal,
  };
  const trained = await trainOrResume(run, given, listen);
  const network = createModel(model, { scale });
  const parameters = network.parametersCount;
  network.dispose();
  return { checkpoint: join(run, runFiles.best), parameters, ...trained };
}

type Listener = Parameters<typeof trainOrResume>[2]['onProgress'];

function picked(options: Checked): Values {
  const names = tableWithTrain.filter((name) => !isDisplaced(name, options));
  return defined(Object.fromEntries(names.map((name) => [name, options[name]])));
}

function defined<T extends Values>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
