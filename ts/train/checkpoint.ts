import {
  type CheckpointFacts,
  checkpointMetadata,
  readCheckpointMetadata,
  readSafetensors,
  type TensorEntries,
  writeSafetensors,
} from '../io/index.js';
import type { NativeTrainer } from '../native/types.js';
import { entriesOf } from './tensors.js';

/** What is the same in all checkpoints of a run. */
export type RunFacts = Omit<CheckpointFacts, 'step' | 'best'>;
/** The best validation so far. */
export type Best = NonNullable<CheckpointFacts['best']>;

/** Writes last.safetensors: the network's own weights, and everything the run needs to go on. */
export async function writeLast(
  file: string,
  trainer: Pick<NativeTrainer, 'state'>,
  facts: RunFacts,
  step: number,
  best: Best | null,
): Promise<void> {
  const entries = await entriesOf(await trainer.state());
  await writeSafetensors(file, entries, checkpointMetadata({ ...facts, step, best }));
}

/** Writes best.safetensors: weights alone, the averaged ones where averaging is on. */
export async function writeBest(
  file: string,
  trainer: Pick<NativeTrainer, 'weights'>,
  facts: RunFacts,
  step: number,
  best: Best | null,
): Promise<void> {
  const entries = await entriesOf(await trainer.weights());
  await writeSafetensors(file, entries, checkpointMetadata({ ...facts, step, best }));
}

/** What last.safetensors holds, for a run that goes on. */
export interface LastCheckpoint {
  file: string;
  /** Weights by the authors' keys, and the trainer's state under names with a slash. */
  state: TensorEntries;
  facts: CheckpointFacts;
}

/** Reads last.safetensors.
 * @throws {ModelError} `CHECKPOINT_*` for a file that is damaged, or is none of a training run. */
export async function readLast(file: string): Promise<LastCheckpoint> {
  const { tensors, metadata } = await readSafetensors(file);
  return { file, state: tensors, facts: readCheckpointMetadata(file, metadata) };
}
