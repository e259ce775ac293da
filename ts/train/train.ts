import type { TrainGiven } from '../config/index.js';
import { readEvery } from '../config/settings.js';
import { RunError } from '../errors.js';
import type { Best } from './checkpoint.js';
import { fitInClosedForm } from './closed-form.js';
import type { TrainEvent } from './events.js';
import { runLoop } from './loop.js';
import { openRun, type RunContext } from './open-run.js';
import type { Run } from './run.js';
import { planNewRun, planResumedRun, type RunPlan } from './run-plan.js';
import { nameTheBatch } from './session.js';

/** What `train` takes: the options of `hyperlift train` by their names, and how to listen to and stop the run. */
export interface TrainOptions extends TrainGiven {
  /** Called with each event of the run. */
  onProgress?: ((event: TrainEvent) => void) | undefined;
  /** Stops the run after the current step and a checkpoint. */
  signal?: AbortSignal | undefined;
}

/** What a run leaves. */
export interface TrainResult {
  folder: string;
  /** Steps of the whole run. */
  steps: number;
  seconds: number;
  /** The validation that chose best.safetensors. */
  best: Best | null;
  /** The line to beat on the same held-back patches, null without cubes; and what it is: the root-polynomial regression, for a spatial
   * network bicubic interpolation. */
  baseline: Record<string, number> | null;
  baselineName: 'rootpoly' | 'bicubic' | null;
  files: { best: string; last: string; config: string; log: string };
}

/** Trains a network and writes its run folder: best.safetensors, last.safetensors, config.json, log.jsonl.
 *
 * The same options, seed and data give the same weights, to the bit, on the same machine and number of threads, also
 * when the run was stopped, or killed, and resumed.
 * @throws ConfigError `CONFIG_*` before anything is read; DataError `DATA_*`; ModelError `MODEL_*`, `CHECKPOINT_*`;
 * RunError `RUN_LOSS_NOT_FINITE`, `RUN_DISK_FULL`, `RUN_ABORTED`.
 * @example
 * const { files } = await train({ model: 'sfformer', data: 'photos', steps: 500, out: 'runs/photos' });
 */
export async function train(options: TrainOptions = {}): Promise<TrainResult> {
  const started = performance.now();
  const { onProgress, signal, ...given } = options;
  const plan =
    given.resume === undefined ? await planNewRun(given) : await planResumedRun(given.resume, given);
  const run = await openOrLeave(plan, { started, onProgress, signal });
  try {
    run.announce();
    await (plan.closedForm ? fitInClosedForm(run) : goThroughSteps(run, signal));
    const seconds = (performance.now() - started) / 1000;
    run.log.send({ type: 'done', step: run.steps, seconds, folder: run.folder.folder });
    await run.log.flush();
    return resultOf(run, seconds);
  } finally {
    await run.close();
  }
}

/** A run that cannot begin leaves the folder as it found it. */
async function openOrLeave(plan: RunPlan, context: RunContext): Promise<Run> {
  try {
    return await openRun(plan, context);
  } catch (error) {
    await plan.folder.removeIfEmpty();
    if (context.signal?.aborted !== true) throw error;
    throw new RunError('RUN_ABORTED', 'stopped before the first step; nothing was written', {
      cause: context.signal.reason,
    });
  }
}

async function goThroughSteps(run: Run, signal: AbortSignal | undefined): Promise<void> {
  const { session, options, data } = run;
  try {
    await runLoop({
      trainer: session.trainer,
      feed: session.feed,
      from: run.from,
      steps: run.steps,
      validateEvery: options.validateEvery,
      checkpointEvery: readEvery(options.checkpointEvery),
      validate: (step) => run.validate(step),
      save: (step) => run.save(step),
      onProgress: (progress) => run.onProgress(progress),
      signal,
    });
  } catch (error) {
    throw nameTheBatch(error, session, data);
  }
}

function resultOf({ folder, steps, best, baseline }: Run, seconds: number): TrainResult {
  return {
    folder: folder.folder,
    steps,
    seconds,
    best,
    baseline: baseline?.scores ?? null,
    baselineName: baseline?.name ?? null,
    files: {
      best: folder.path('best'),
      last: folder.path('last'),
      config: folder.path('config'),
      log: folder.path('log'),
    },
  };
}
