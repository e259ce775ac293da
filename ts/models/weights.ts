import { ModelError } from '../errors.js';
import type { TensorEntries } from '../io/index.js';
import type { NativeModel } from '../native/index.js';

/** How the weights of a file agree with a network's, by name. */
export interface WeightsReport {
  /** Keys that both have, in one shape. */
  matching: string[];
  /** Keys of the network that the file lacks, without those that are optional. */
  missing: string[];
  /** Keys of the file that the network lacks. */
  unexpected: string[];
  misshapen: { key: string; found: readonly number[]; expected: readonly number[] }[];
}

/** Weights by the network's own names: `module.` (DataParallel) in front of every key is taken off, and what a training
 * run of ours keeps beside the weights (`optimizer/...`, `ema/...`, `state/...`) is left out. */
export function plainKeys(entries: TensorEntries): TensorEntries {
  const weights = [...entries].filter(([key]) => !key.includes('/'));
  const wrapped = weights.length > 0 && weights.every(([key]) => key.startsWith('module.'));
  return new Map(wrapped ? weights.map(([key, entry]) => [key.slice('module.'.length), entry]) : weights);
}

/** The weights that a file has for a network: a parameter that stands under several names may be there under any of them, and
 * comes back under all. */
export function underAllNames(model: NativeModel, given: TensorEntries): TensorEntries {
  const result: TensorEntries = new Map(given);
  const { aliases } = model;
  const values = new Map([...given].map(([key, entry]) => [aliases[key] ?? key, entry]));
  for (const [name, first] of Object.entries(aliases)) {
    const entry = values.get(first);
    if (entry === undefined) continue;
    for (const key of [name, first]) if (!result.has(key)) result.set(key, entry);
  }
  return result;
}

function shapesOf(model: NativeModel): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [key, handle] of model.state()) {
    shapes.set(key, handle.shape);
    handle.dispose();
  }
  return shapes;
}

/** Compares names and shapes; nothing is matched by position. */
export function compareWeights(
  model: NativeModel,
  given: TensorEntries,
  optional: readonly string[] = [],
): WeightsReport {
  const report: WeightsReport = { matching: [], missing: [], unexpected: [], misshapen: [] };
  const own = shapesOf(model);
  for (const [key, expected] of own) {
    const found = given.get(key)?.shape;
    if (found === undefined) {
      if (!optional.includes(key)) report.missing.push(key);
    } else if (found.join() === expected.join()) report.matching.push(key);
    else report.misshapen.push({ key, found, expected });
  }
  for (const key of given.keys()) {
    if (!own.has(key) && !optional.includes(key)) report.unexpected.push(key);
  }
  return report;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

/** Throws unless every key fits.
 * @throws {ModelError} `CHECKPOINT_MISMATCH`, naming missing, unexpected and misshapen keys. */
export function requireMatch(report: WeightsReport, network: string, source: string): void {
  const parts: string[] = [];
  if (report.missing.length > 0) parts.push(`missing: ${some(report.missing)}`);
  if (report.unexpected.length > 0) parts.push(`unexpected: ${some(report.unexpected)}`);
  if (report.misshapen.length > 0) {
    const texts = report.misshapen.map(
      ({ key, found, expected }) => `${key} [${found.join(', ')}], expected [${expected.join(', ')}]`,
    );
    parts.push(`of another shape: ${some(texts)}`);
  }
  if (parts.length === 0) return;
  const hint = report.matching.length < report.missing.length ? ' (weights of another network?)' : '';
  throw new ModelError(
    'CHECKPOINT_MISMATCH',
    `${source} does not fit network ${network}${hint}; ${parts.join('; ')}`,
  );
}
