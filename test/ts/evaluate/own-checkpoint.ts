import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cameraResponse, responseFor, responseRecord } from '../../../ts/degrade/index.js';
import {
  type CheckpointFacts,
  checkpointMetadata,
  tensorEntry,
  writeSafetensors,
} from '../../../ts/io/index.js';
import { type ModelOptions, native } from '../../../ts/native/index.js';

/** Bands of the tests' cubes, nm. */
export const fewWavelengths = [420, 470, 520, 570, 620, 670];

/** Runs `work` in a folder of its own, which is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hyperlift-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a checkpoint of a network with its initial weights.
 * @param change facts that differ from those of an unsupervised run with `fewWavelengths`. */
export async function writeCheckpoint(
  file: string,
  id: string,
  options: ModelOptions = {},
  change: Partial<CheckpointFacts> = {},
): Promise<void> {
  const wavelengths = change.wavelengths ?? fewWavelengths;
  const model = native().createModel(id, { inBands: 3, outBands: wavelengths.length, ...options }, 7);
  const entries = new Map();
  for (const [key, tensor] of model.state()) {
    entries.set(key, tensorEntry(tensor.dtype, tensor.shape, await native().toTypedArray(tensor)));
    tensor.dispose();
  }
  const cube = { name: 'test', bands: wavelengths.length, wavelengths };
  const response = responseRecord(responseFor(await cameraResponse(), cube));
  const rgb = { response, transfer: 'linear', range: 'unit', source: 'simulated', kind: 'srgb' } as const;
  const facts: CheckpointFacts = {
    hyperlift: '0.0.0',
    model: id,
    options: model.options,
    paradigm: 'unsupervised',
    rgb,
    kernel: null,
    heldBack: [],
    wavelengths,
    step: 3,
    best: null,
    config: { patch: 16 },
    data: 'none',
    perceptual: 'none',
    init: null,
    protocol: 'field',
    baseline: null,
    ...change,
  };
  model.dispose();
  await writeSafetensors(file, entries, checkpointMetadata(facts));
}
