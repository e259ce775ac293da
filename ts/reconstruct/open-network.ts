import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, ModelError } from '../errors.js';
import {
  type CheckpointFacts,
  entryValues,
  readCheckpointMetadata,
  readSafetensors,
  type SpectralFacts,
} from '../io/index.js';
import {
  compareWeights,
  type ModelFacts,
  modelFacts,
  plainKeys,
  requireMatch,
  underAllNames,
} from '../models/index.js';
import { type NativeModel, type NativeTensor, native, type Precision } from '../native/index.js';
import type { TileFunction } from './network.js';

/** How a checkpoint is opened. */
export interface OpenNetworkOptions {
  /** `auto`, `cpu`, `cuda` or `cuda:N`. Default `auto`. */
  device?: string | undefined;
  /** Default `float32`. */
  precision?: Precision | undefined;
}

/** A network with the weights of a checkpoint, ready for tiles. */
export interface OpenCheckpoint {
  facts: CheckpointFacts;
  model: ModelFacts;
  /** The checkpoint's file. */
  file: string;
  device: string;
  /** Bands of the cubes it makes; 0 for a spatial network that takes any number. */
  bands: number;
  /** How many times larger it makes cubes; 1 for a spectral network. */
  scale: number;
  /** Side of the patches it was trained on, where the checkpoint says. */
  trainingPatch: number | null;
  /** Side of the largest tile that a network of fixed size takes; null for any other. */
  largestTile: number | null;
  /** Tiles of RGB, or of cubes, in, cubes out. */
  run: TileFunction;
  dispose(): void;
}

/** A network that makes cubes of RGB. */
export interface OpenNetwork extends OpenCheckpoint {
  facts: SpectralFacts;
}

/** The checkpoint that a path means: a file, or the best of a run folder (its last where there is no best).
 * @throws {DataError} `DATA_MISSING`. */
export async function checkpointFile(path: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) {
    throw new DataError(
      'DATA_MISSING',
      `${path}: there is no such checkpoint; give a .safetensors file or a run folder`,
    );
  }
  if (!facts.isDirectory()) return path;
  for (const name of ['best.safetensors', 'last.safetensors']) {
    const file = join(path, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  throw new DataError('DATA_MISSING', `${path}: no best.safetensors or last.safetensors in this folder`);
}

/** Opens the checkpoint of a network that makes cubes of RGB.
 * @throws {ModelError} `MODEL_TASK` for a spatial network; as {@link openCheckpoint}. */
export async function openNetwork(path: string, options: OpenNetworkOptions = {}): Promise<OpenNetwork> {
  const network = await openCheckpoint(path, options);
  try {
    return spectralNetwork(network);
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** A checkpoint that is open already, as a network that makes cubes of RGB.
 * @throws {ModelError} `MODEL_TASK`. */
export function spectralNetwork(network: OpenCheckpoint): OpenNetwork {
  const { facts, file, model } = network;
  if (facts.rgb !== null) return { ...network, facts: { ...facts, rgb: facts.rgb } };
  throw new ModelError(
    'MODEL_TASK',
    `${file}: network ${model.id} makes low-resolution cubes larger; it takes no RGB (hyperlift upscale uses it)`,
  );
}

/** Opens a checkpoint: makes its network and fills in its weights, by name.
 * @throws {DataError} `DATA_MISSING`. @throws {ModelError} `CHECKPOINT_*`, `MODEL_UNKNOWN`. */
export async function openCheckpoint(
  path: string,
  options: OpenNetworkOptions = {},
): Promise<OpenCheckpoint> {
  const file = await checkpointFile(path);
  const { tensors, metadata } = await readSafetensors(file);
  const facts = readCheckpointMetadata(file, metadata);
  const facing = modelFacts(facts.model);
  const model = native().createModel(facts.model, facts.options, 0);
  try {
    const weights = underAllNames(model, plainKeys(tensors));
    requireMatch(compareWeights(model, weights, facing.optionalKeys), facing.id, file);
    await withTensors(weights, (values) => model.load(values));
    return await ready(model, { facts, model: facing, file }, options);
  } catch (error) {
    model.dispose();
    throw error;
  }
}

type Entries = ReturnType<typeof plainKeys>;

async function withTensors(
  weights: Entries,
  work: (values: Map<string, NativeTensor>) => Promise<void>,
): Promise<void> {
  const values = new Map<string, NativeTensor>();
  try {
    for (const [key, entry] of weights) {
      values.set(key, native().fromTypedArray(entryValues(entry), entry.shape, entry.dtype, 'cpu'));
    }
    await work(values);
  } finally {
    for (const tensor of values.values()) tensor.dispose();
  }
}

async function ready(
  model: NativeModel,
  known: Pick<OpenCheckpoint, 'facts' | 'model' | 'file'>,
  { device: asked = 'auto', precision = 'float32' }: OpenNetworkOptions,
): Promise<OpenCheckpoint> {
  const device = native().resolveDevice(asked);
  await model.to(device);
  await model.train(false);
  const patch = known.facts.config.patch;
  return {
    ...known,
    device,
    bands: Number(model.options.outBands ?? model.options.bands ?? 0),
    scale: Number(model.options.scale ?? 1),
    trainingPatch: typeof patch === 'number' ? patch : null,
    largestTile: known.model.size.fixed
      ? Math.min(Number(model.options.imageHeight), Number(model.options.imageWidth))
      : null,
    run: (tiles) => model.forward(tiles, { grad: false, precision }),
    dispose: () => model.dispose(),
  };
}

/** The root-polynomial regression that a checkpoint carries as the line to beat, or null where it carries none. */
export async function openBaseline({
  facts,
  bands,
  device,
}: OpenNetwork): Promise<Pick<OpenNetwork, 'run' | 'dispose'> | null> {
  const rows = facts.baseline;
  const features = rows?.[0]?.length;
  if (rows === null || features === undefined || rows.length !== bands) return null;
  const model = native().createModel('rootpoly', { inBands: 3, outBands: bands }, 0);
  const weight = native().fromTypedArray(Float32Array.from(rows.flat()), [bands, features], 'float32', 'cpu');
  await model.load(new Map([['weight', weight]]));
  weight.dispose();
  await model.to(device);
  return {
    run: (tiles) => model.forward(tiles, { grad: false, precision: 'float32' }),
    dispose: () => model.dispose(),
  };
}
