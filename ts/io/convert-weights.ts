import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cameraResponse, responseFor, responseRecord } from '../degrade/index.js';
import { ConfigError } from '../errors.js';
import {
  compareWeights,
  type ModelFacts,
  modelFacts,
  checkOptions,
  optionsFromAuthors,
  plainKeys,
  requireMatch,
  underAllNames,
} from '../models/index.js';
import { native } from '../native/index.js';
import type { OptionValue } from '../native/types.js';
import { packageVersion } from '../version.js';
import { type CheckpointFacts, checkpointMetadata } from './checkpoint-metadata.js';
import { writeSafetensors } from './safetensors.js';
import { elementCount, type TensorEntries } from './tensor-entry.js';
import { readWeights, type WeightsFile } from './weights.js';

/** What {@link convertWeights} is asked for. */
export interface ConvertOptions {
  /** A `.pth` of PyTorch, or a safetensors file. */
  from: string;
  /** The safetensors file to write. */
  to: string;
  /** Where the weights are, in files that hold several networks'. */
  key?: string;
  /** Id of the network they are for. With it, names and shapes are checked, and the file becomes a checkpoint that
   * evaluation and reconstruction take. */
  model?: string;
  /** Options of the network. Default: those of the file's `config`, else the network's own. */
  options?: Readonly<Record<string, unknown>>;
  /** Camera response that the network's RGB was made with: a known name or a CSV file. Default `cie1964`. */
  response?: string;
  /** Centres of the network's bands, nm. Default: 400 to 700 for 31 bands. */
  wavelengths?: readonly number[];
  /** What the channels of its training images were. Default `camera`. */
  rgbKind?: 'srgb' | 'linear' | 'camera';
  /** `stretched` where training stretched each image to its own minimum and maximum. Default `unit`. */
  range?: 'unit' | 'stretched';
}

/** What was converted. */
export interface ConvertReport {
  container: WeightsFile['container'];
  /** Where in the file the weights were; null when it holds nothing else. */
  under: string | null;
  tensors: number;
  parameters: number;
  /** Null without a network to check against. */
  model: { id: string; options: Record<string, OptionValue> } | null;
  /** What was done to names and what was assumed, in words for the user. */
  notes: string[];
}

function authorsConfig(
  facts: ModelFacts,
  metadata: Record<string, unknown>,
): Readonly<Record<string, OptionValue>> {
  const { config } = metadata;
  if (typeof config !== 'object' || config === null) return {};
  return optionsFromAuthors(facts, { ...config }).options;
}

/** The weights in the network's own order, once they fit it. */
function matched(
  file: string,
  facts: ModelFacts,
  options: Readonly<Record<string, OptionValue>>,
  given: TensorEntries,
): { tensors: TensorEntries; options: Record<string, OptionValue> } {
  const model = native().createModel(facts.id, options, 0);
  try {
    const tensors = underAllNames(model, given);
    const report = compareWeights(model, tensors, facts.optionalKeys);
    requireMatch(report, facts.id, file);
    const ordered = report.matching.flatMap((key) => {
      const entry = tensors.get(key);
      return entry === undefined ? [] : [[key, entry] as const];
    });
    return { tensors: new Map(ordered), options: { ...model.options } };
  } finally {
    model.dispose();
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** What a checkpoint says of itself, as far as a foreign file tells. */
async function importedFacts(
  request: ConvertOptions,
  model: string,
  options: Record<string, OptionValue>,
  metadata: Record<string, unknown>,
): Promise<CheckpointFacts> {
  const { from, response, wavelengths = null, rgbKind = 'camera', range = 'unit' } = request;
  const spatial = modelFacts(model).task === 'spatial';
  const bands = typeof options.outBands === 'number' ? options.outBands : (wavelengths?.length ?? 31);
  const table = spatial
    ? null
    : responseFor(await cameraResponse(response), { name: from, bands, wavelengths });
  const step = [metadata.iter, metadata.iteration, metadata.step].find((value) =>
    Number.isSafeInteger(value),
  );
  return {
    hyperlift: packageVersion(),
    model,
    options,
    paradigm: 'imported',
    rgb:
      table === null
        ? null
        : { response: responseRecord(table), transfer: 'linear', range, source: 'files', kind: rgbKind },
    kernel: null,
    heldBack: [],
    wavelengths: table?.wavelengths ?? (wavelengths === null ? null : [...wavelengths]),
    step: typeof step === 'number' ? step : 0,
    best: null,
    config: {},
    data: 'unknown',
    perceptual: 'none',
    init: await sha256(from),
    protocol: 'field',
    baseline: null,
  };
}

/** Turns published weights (`.pth`, zip or legacy) into a safetensors file, by name and never by position. With a network
 * named, every key must be there, in its shape, and none left over.
 * @throws {ModelError} the readers' errors; `CHECKPOINT_MISMATCH`, naming missing, unexpected and misshapen keys;
 * `MODEL_UNKNOWN`, `MODEL_OPTION`. @throws {ConfigError} `CONFIG_VALUE` when `to` names another container. */
export async function convertWeights(request: ConvertOptions): Promise<ConvertReport> {
  const { from, to, key, model } = request;
  if (/\.(pth?|pkl|tar|ckpt)$/i.test(to)) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `${to}: weights are written as safetensors, which PyTorch reads too: name it .safetensors`,
    );
  }
  const read = await readWeights(from, key === undefined ? {} : { key });
  const { container, under, metadata, notes } = read;
  const tensors = plainKeys(read.tensors);
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const report = { container, under, tensors: tensors.size, parameters, notes };
  if (model === undefined) {
    await writeSafetensors(to, tensors, { format: 'pt', source: JSON.stringify(metadata) });
    return { ...report, model: null };
  }
  const facts = modelFacts(model);
  const asked =
    request.options === undefined ? authorsConfig(facts, metadata) : checkOptions(facts, request.options);
  const fitting = matched(from, facts, asked, tensors);
  const checkpoint = await importedFacts(request, model, fitting.options, metadata);
  await writeSafetensors(to, fitting.tensors, checkpointMetadata(checkpoint));
  return { ...report, model: { id: model, options: fitting.options } };
}
