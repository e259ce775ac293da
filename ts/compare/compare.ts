import { onlyGiven } from '../config/only-given.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedOptions } from '../config/checked.js';
import { sharedWithEvaluate, sharedWithTrain } from '../config/compare-options.js';
import { type CompareGiven, compareTable, type TrainGiven } from '../config/index.js';
import { checkValues, type Values } from '../config/validate.js';
import { openDataset, splitByFile, splitScenes } from '../data/index.js';
import { ConfigError, HyperliftError } from '../errors.js';
import { evaluate } from '../evaluate/index.js';
import { writeAtomically } from '../io/index.js';
import { countOperations, createModel, listModels, modelFacts } from '../models/index.js';
import { type TrainEvent, train } from '../train/index.js';
import { packageVersion } from '../version.js';
import { freeRunFolder, runFiles } from '../train/run-folder.js';
import { completeOptions, idleOptions } from '../train/run-options.js';
import type { CompareEvent } from './events.js';
import { type CompareFailure, type CompareRecord, type CompareRow, recordFile } from './record.js';
import { refuseBesideResume } from './record-file.js';
import { compareCsv, compareLatex, compareMarkdown } from './table.js';

/** What `compare` takes: the options of `hyperlift compare` by their names, and how to listen and stop. */
export interface CompareOptions extends CompareGiven {
  /** Called with each event. */
  onProgress?: ((event: CompareEvent) => void) | undefined;
  /** Stops after the current step and a checkpoint. */
  signal?: AbortSignal | undefined;
}

/** What a comparison leaves. */
export interface CompareResult extends Omit<CompareRecord, 'options' | 'hyperlift'> {
  folder: string;
  files: string[];
}

type Checked = ReturnType<typeof checked>;
type Paradigm = CompareRow['paradigm'];

/** Trains several networks with the same options, scores each on the same unseen scenes, and writes one table. Each network has its run
 * folder `PARADIGM-MODEL`; after an interruption `resume` goes on where it stopped, in the middle of a training too.
 * @throws ConfigError `CONFIG_*`; ModelError `MODEL_UNKNOWN`; RunError `RUN_ABORTED`. What fails in one network is kept in its row.
 * @example
 * const { rows } = await compare({ models: ['mstpp', 'hscnnplus'], data: 'scenes', epochs: 10, out: 'runs/two' });
 */
export async function compare(given: CompareOptions): Promise<CompareResult> {
  const { onProgress = () => {}, signal, ...rest } = given;
  const { folder, record, options, scenes } = await openComparison(rest);
  const jobs = jobsOf(options);
  for (const [done, job] of jobs.entries()) {
    const known = record.rows.find((row) => row.model === job.model && row.paradigm === job.paradigm);
    if (known !== undefined) continue;
    signal?.throwIfAborted();
    onProgress({ type: 'model', ...job, done, total: jobs.length });
    const row = await attempt({ ...job, folder, scenes, options, record, onProgress, signal });
    record.rows.push(row);
    await recordFile.write(folder, record);
    onProgress({ type: 'row', row, done: done + 1, total: jobs.length });
  }
  const { rows, baseline } = record;
  return { folder, rows, baseline, files: await writeTables(folder, record) };
}

function checked(given: CompareGiven) {
  return checkedOptions(compareTable, given);
}

async function openComparison(
  given: CompareGiven,
): Promise<{ folder: string; record: CompareRecord; options: Checked; scenes: string[] }> {
  const { resume, ...others } = given;
  if (resume !== undefined) {
    refuseBesideResume(others);
    const record = await recordFile.read(resume);
    const file = join(resume, recordFile.name);
    const options = checked(
      checkValues(compareTable, record.options, { kind: 'file', file }) as CompareGiven,
    );
    return { folder: resume, record, options, scenes: await testScenes(options) };
  }
  const options = checked(given);
  // Everything that can be refused is refused before a folder is made.
  for (const { model, paradigm } of jobsOf(options)) completeOptions(trainOptions(options, model, paradigm));
  const scenes = await testScenes(options);
  const folder = options.out ?? (await freeRunFolder('compare'));
  const { out: _out, ...recorded } = given;
  const kept = Object.fromEntries(Object.entries(recorded).filter(([, value]) => value !== undefined));
  const record = { hyperlift: packageVersion(), options: kept, rows: [], baseline: null };
  return { folder, record: await recordFile.create(folder, record), options, scenes };
}

/** Networks and paradigms, in the order in which they are trained. */
function jobsOf({ models, paradigm }: Checked): { model: string; paradigm: Paradigm }[] {
  const named = typeof models === 'string' ? [models] : models;
  const ids = named.flatMap((id) => (id === 'all' ? trainableNetworks() : [modelFacts(id).id]));
  const paradigms: Paradigm[] = paradigm === 'both' ? ['supervised', 'unsupervised'] : [paradigm];
  return paradigms.flatMap((way) => [...new Set(ids)].map((model) => ({ model, paradigm: way })));
}

/** All that are trained by steps; the closed form is the line to beat of every table. */
function trainableNetworks(): string[] {
  return listModels()
    .filter(({ task, closedForm }) => task === 'spectral' && !closedForm)
    .map(({ id }) => id);
}

type ScoredScenes = Pick<Checked, 'data' | 'test' | 'variable' | 'split' | 'valFraction' | 'seed'> &
  Partial<Pick<Checked, 'rgb'>>;

/** Paths of the scenes to score on: those named, or those that every run holds back. */
export async function testScenes({
  data,
  test,
  rgb = 'simulated',
  variable,
  split,
  valFraction,
  seed,
}: ScoredScenes): Promise<string[]> {
  if (test !== undefined) return typeof test === 'string' ? [test] : test;
  if (data === undefined)
    throw new ConfigError('CONFIG_MISSING', 'a comparison needs --data: a folder of scenes');
  const dataset = await openDataset(data, { rgb, ...onlyGiven({ variable }) });
  const heldBack =
    split === undefined
      ? splitScenes(dataset.scenes, { validation: valFraction, seed }).validation
      : (await splitByFile(dataset.scenes, split)).named;
  const cubes = heldBack.flatMap(({ cubePath }) => (cubePath === null ? [] : [cubePath]));
  if (cubes.length === 0) {
    throw new ConfigError(
      'CONFIG_MISSING',
      `a comparison needs --test: ${data} has no scenes with cubes that the runs hold back to score on`,
    );
  }
  return cubes;
}

interface Job {
  model: string;
  paradigm: Paradigm;
  folder: string;
  scenes: string[];
  options: Checked;
  record: CompareRecord;
  onProgress: (event: CompareEvent) => void;
  signal: AbortSignal | undefined;
}

/** A row, or the reason why there is none. An interruption ends the comparison; a mistake of ours is not hidden. */
async function attempt(job: Job): Promise<CompareRow | CompareFailure> {
  try {
    return await trainAndScore(job);
  } catch (error) {
    if (job.signal?.aborted === true || !(error instanceof HyperliftError)) throw error;
    const { code, message } = error;
    return { model: job.model, paradigm: job.paradigm, error: { code, message } };
  }
}

async function trainAndScore(job: Job): Promise<CompareRow> {
  const { model, paradigm, folder, scenes, options, record, onProgress, signal } = job;
  const run = join(folder, `${paradigm}-${model}`);
  const trained = await trainOne(job, run);
  const result = await evaluate({
    ...picked(options, sharedWithEvaluate),
    checkpoint: join(run, runFiles.best),
    data: scenes,
    onProgress: (event) => onProgress({ type: 'evaluate', model, event }),
    signal,
  });
  record.baseline ??= result.baseline;
  const { parameters, operations } = await costOf(model);
  const { scenes: scored, mean } = result;
  return { model, paradigm, parameters, operations, ...trained, scenes: scored, mean };
}

/** The seconds are those from the first step on; what reading the data took is no property of a network. */
async function trainOne(
  { model, paradigm, options, onProgress, signal }: Job,
  run: string,
): Promise<{ steps: number; seconds: number }> {
  return trainOrResume(run, trainOptions(options, model, paradigm), {
    onProgress: (event) => onProgress({ type: 'train', model, event }),
    signal,
  });
}

/** Trains into a run folder, or goes on with the run that is there already. */
export async function trainOrResume(
  run: string,
  options: TrainGiven,
  { onProgress, signal }: { onProgress: (event: TrainEvent) => void; signal: AbortSignal | undefined },
): Promise<{ steps: number; seconds: number }> {
  let started = performance.now();
  const listen = {
    onProgress: (event: TrainEvent): void => {
      if (event.type === 'start') started = performance.now();
      onProgress(event);
    },
    signal,
  };
  const begun = (await stat(join(run, runFiles.config)).catch(() => undefined)) !== undefined;
  const { steps } = await train(begun ? { resume: run, ...listen } : { ...options, out: run, ...listen });
  return { steps, seconds: (performance.now() - started) / 1000 };
}

function trainOptions(options: Checked, model: string, paradigm: Paradigm): TrainGiven {
  // Under both paradigms an option may be meant for one of them.
  const idle: readonly string[] = options.paradigm === 'both' ? idleOptions[paradigm] : [];
  const names = sharedWithTrain.filter((name) => !idle.includes(name) && !isDisplaced(name, options));
  return { ...picked(options, names), model, paradigm };
}

/** Whether an option's default stands aside for the one that excludes it. */
export function isDisplaced(name: string, { split }: { split?: string | undefined }): boolean {
  return name === 'valFraction' && split !== undefined;
}

function picked<K extends keyof Checked>(options: Checked, keys: readonly K[]): Pick<Checked, K> {
  const values: Values = {};
  for (const key of keys) if (options[key] !== undefined) values[key] = options[key];
  return values as Pick<Checked, K>;
}

async function costOf(id: string): Promise<{ parameters: number; operations: number }> {
  const model = createModel(id);
  try {
    return { parameters: model.parametersCount, operations: await countOperations(model) };
  } finally {
    model.dispose();
  }
}

async function writeTables(folder: string, record: CompareRecord): Promise<string[]> {
  const tables: [string, string][] = [
    ['compare.md', compareMarkdown(record)],
    ['compare.csv', compareCsv(record)],
    ['compare.tex', compareLatex(record)],
  ];
  for (const [name, text] of tables) {
    await writeAtomically(join(folder, name), (handle) => handle.writeFile(text));
  }
  return [...tables.map(([name]) => name), recordFile.name].map((name) => join(folder, name));
}
