import { availableParallelism } from 'node:os';
import { epochPlan, fivefoldPlan } from '../data/index.js';
import { RunError } from '../errors.js';
import { modelFacts, sizeOptions } from '../models/index.js';
import {
  type NativeModel,
  type NativeTensor,
  type NativeTrainer,
  type NativeTrainerConfig,
  native,
} from '../native/index.js';
import { scaleOf } from './model-check.js';
import { nativeConfig } from './native-config.js';
import { PlanFeed } from './plan-feed.js';
import type { RunOptions } from './run-options.js';
import type { TrainingData } from './scenes.js';

/** The options of a run on this machine: the device and the threads are known. */
export type MachineOptions = RunOptions & { threads: number };

/** Settles what the machine decides.
 * @throws TensorError `TENSOR_DEVICE` for a device that is not there. */
export function onThisMachine<O extends RunOptions>(options: O): O & MachineOptions {
  return {
    ...options,
    device: native().resolveDevice(options.device),
    threads: options.threads ?? availableParallelism(),
  };
}

/** A network in training: what the loop, the measurement and the checkpoints work with. */
export interface Session {
  model: NativeModel;
  trainer: NativeTrainer;
  feed: PlanFeed;
  dispose(): void;
}

/** What a session is made of besides the data. */
export interface SessionParts {
  options: MachineOptions;
  /** Steps of the whole schedule, and the step to go on from. */
  steps: number;
  from: number;
  /** VGG-16 of the user's; undefined for random features. */
  features: Map<string, NativeTensor> | undefined;
}

/** Makes the network and its trainer. The weights depend on the seed alone. */
export async function openSession(data: TrainingData, parts: SessionParts): Promise<Session> {
  const { options, steps, from, features } = parts;
  const model = native().createModel(options.model, modelOptions(options, data), options.seed);
  try {
    await model.to(options.device);
    const config = withFeatures(nativeConfig(options, data, steps), features);
    const trainer = native().createTrainer(model, data.store, config);
    const feed = batchesOf(data, options, from);
    const dispose = (): void => {
      trainer.dispose();
      model.dispose();
    };
    return { model, trainer, feed, dispose };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The batches of a run, from a step on. */
export function batchesOf(data: TrainingData, options: RunOptions, from = 0): PlanFeed {
  return new PlanFeed((epoch) => planOf(options, data, epoch), options.batch * options.accumulate, from);
}

function modelOptions({ model, patch, modelOptions, zeroStart }: RunOptions, data: TrainingData) {
  const facts = modelFacts(model);
  if (facts.task === 'spatial') {
    const has = (option: string): boolean => facts.options.some(({ name }) => name === option);
    const fixed = has('bands');
    const start = has('zeroStart') ? { zeroStart } : {};
    return { ...(fixed ? { bands: data.bands } : {}), ...start, ...modelOptions };
  }
  const size = sizeOptions(facts, patch, patch);
  return { inBands: 3, outBands: data.bands, ...size, ...modelOptions };
}

function withFeatures(
  config: NativeTrainerConfig,
  features: Map<string, NativeTensor> | undefined,
): NativeTrainerConfig {
  return features === undefined ? config : { ...config, loss: { ...config.loss, features } };
}

/** Shuffled patches of an epoch, incomplete batches included: `PlanFeed` decides what to drop. */
function planOf(options: RunOptions, data: TrainingData, epoch: number): Int32Array {
  const { stride, augment, seed, patchesPerScene } = options;
  const scale = scaleOf(options);
  const patch = options.patch * scale;
  const scenes = data.training;
  if (patchesPerScene > 0) return fivefoldPlan({ scenes, patch, places: patchesPerScene, seed, epoch });
  return epochPlan({
    scenes,
    patch,
    stride: stride * scale,
    batch: 1,
    augment: augment ? 'all' : 'none',
    seed,
    epoch,
  });
}

/** Adds the scenes of the guilty batch to the native error about a loss that is not finite. */
export function nameTheBatch(error: unknown, { feed, trainer }: Session, data: TrainingData): unknown {
  if (!(error instanceof RunError) || error.code !== 'RUN_LOSS_NOT_FINITE') return error;
  const rows = feed.rowsOf(trainer.progress().step);
  const names = new Map(data.training.map(({ scene, name }) => [scene, name]));
  const patches: string[] = [];
  for (let i = 0; i < rows.length; i += 4) {
    patches.push(`${names.get(rows[i]) ?? rows[i]} at row ${rows[i + 1]}, column ${rows[i + 2]}`);
  }
  const shown = patches.length > 4 ? [...patches.slice(0, 4), `${patches.length - 4} more`] : patches;
  return new RunError(error.code, `${error.message}; its patches: ${shown.join('; ')}`, { cause: error });
}
