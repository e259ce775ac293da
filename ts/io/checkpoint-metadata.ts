import type { CameraRecord } from '../degrade/camera-record.js';
import { ModelError } from '../errors.js';

/** A value of one option of a network, as its checkpoint names it. */
export type CheckpointOption = boolean | number | string | number[];

/** The kind of RGB a network was trained on; evaluation and reconstruction follow it. */
export interface CheckpointRgb {
  /** The camera response at the cube's bands, as `responseFromRecord` (ts/degrade) takes it. */
  response: { name: string; source: string; wavelengths: number[]; table: number[] };
  /** The transfer curve of the values that the network sees. */
  transfer: 'linear';
  /** `unit`: [0, 1]; `stretched`: each image stretched to its own minimum and maximum. */
  range: 'unit' | 'stretched';
  /** Computed from cubes with the response, or read from files whose channels meant `kind`. */
  source: 'simulated' | 'files';
  kind: 'srgb' | 'linear' | 'camera';
  /** What the camera did beside the response, as `cameraFromRecord` (ts/degrade) takes it; absent: nothing. */
  camera?: CameraRecord;
}

/** What made the weights of a checkpoint. No clock, host or path is among it, so equal runs write equal files. */
export interface CheckpointFacts {
  /** Version of hyperlift that wrote it. */
  hyperlift: string;
  /** Id of the network, and all its options. */
  model: string;
  options: Record<string, CheckpointOption>;
  paradigm: string;
  /** Null for a spatial network, which sees cubes. */
  rgb: CheckpointRgb | null;
  /** Blur of the low-resolution cubes that a spatial network was trained on; null without. */
  kernel: 'point-spread' | { height: number; width: number; values: number[] } | null;
  /** Centres of the bands in nm. */
  wavelengths: number[] | null;
  step: number;
  /** The best validation so far; null before the first. */
  best: { step: number; scores: Record<string, number> } | null;
  /** The options of the run that determine the weights. */
  config: Record<string, unknown>;
  /** Fingerprint of the training data. */
  data: string;
  /** Names of the scenes that were held back: none where nothing was, or a strip of the only one. */
  heldBack: string[];
  /** What the perceptual term looked at: `none`, `random`, or a hash of the weights that were given. */
  perceptual: string;
  /** Hash of the weights the run started from; null for random ones. */
  init: string | null;
  /** Protocol of the scores in `best`. */
  protocol: string;
  /** Weights `[bands][features]` of the root-polynomial regression fitted on the same scenes; null without cubes. */
  baseline: number[][] | null;
}

/** The facts of a network that sees RGB. */
export type SpectralFacts = CheckpointFacts & { rgb: CheckpointRgb };

/** Facts that are strings as they are; the others are JSON. */
const plain: readonly (keyof CheckpointFacts)[] = [
  'hyperlift',
  'model',
  'paradigm',
  'data',
  'perceptual',
  'protocol',
];

/** The facts as strings for the header of a safetensors file, always in the same order. */
export function checkpointMetadata(facts: CheckpointFacts): Record<string, string> {
  const names = (Object.keys(facts) as (keyof CheckpointFacts)[]).sort();
  return Object.fromEntries(
    names.map((name) => [name, plain.includes(name) ? String(facts[name]) : JSON.stringify(facts[name])]),
  );
}

const needed: readonly (keyof CheckpointFacts)[] = ['model', 'options', 'paradigm', 'rgb', 'step'];

/** The facts in the header of a checkpoint.
 * @throws {ModelError} `CHECKPOINT_FOREIGN` where the file says nothing of a network of ours, `CHECKPOINT_DAMAGED`. */
export function readCheckpointMetadata(
  file: string,
  metadata: Readonly<Record<string, string>>,
): CheckpointFacts {
  const lacking = needed.find((name) => metadata[name] === undefined);
  if (lacking !== undefined) {
    throw new ModelError(
      'CHECKPOINT_FOREIGN',
      `${file} is no checkpoint of hyperlift: its header names no '${lacking}'; weights of other programs go through ` +
        'hyperlift convert-weights first',
    );
  }
  const facts: Record<string, unknown> = { hyperlift: '', data: '', perceptual: 'none', protocol: 'field' };
  facts.heldBack = [];
  for (const name of ['kernel', 'wavelengths', 'best', 'init', 'baseline']) facts[name] = null;
  for (const [name, words] of Object.entries(metadata)) {
    facts[name] = plain.some((known) => known === name) ? words : parsed(file, name, words);
  }
  return { config: {}, ...facts } as CheckpointFacts;
}

function parsed(file: string, name: string, words: string): unknown {
  try {
    return JSON.parse(words);
  } catch (cause) {
    throw new ModelError('CHECKPOINT_DAMAGED', `${file}: '${name}' in its header is not JSON`, { cause });
  }
}
