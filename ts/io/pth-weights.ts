import { ModelError } from '../errors.js';
import { isObject, type PickleValue } from './pickle.js';
import { isTensor, type PickledTensor } from './pickle-torch.js';

/** Named tensors of one network, and where in the file they were. */
export interface FoundWeights {
  /** Path of keys from the top, joined by `/`; null when the file is nothing but them. */
  under: string | null;
  tensors: Map<string, PickledTensor>;
  /** What was done to the names, in words. */
  notes: string[];
}

type Dict = Map<PickleValue, PickleValue>;

/** Names under which training scripts keep weights, by trust. */
const usualNames = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'params', 'weights'];
const deepest = 3;
/** DataParallel and DistributedDataParallel put this before every name. */
const parallelPrefix = 'module.';

function isStateDict(value: Dict): boolean {
  return value.size > 0 && [...value].every(([key, entry]) => typeof key === 'string' && isTensor(entry));
}

function hasTensors(value: PickleValue): value is Dict {
  return value instanceof Map && [...value.values()].some(isTensor);
}

/** Every dict of nothing but tensors, by its path; optimizers' moments are keyed by numbers and left out. A dict that
 * several keys share is looked at once: a small pickle can otherwise make an endless tree. */
function collect(root: PickleValue): Map<string, Dict> {
  const found = new Map<string, Dict>();
  const seen = new Set<PickleValue>();
  const visit = (value: PickleValue, path: string[]): void => {
    if (!(value instanceof Map) || seen.has(value)) return;
    seen.add(value);
    if (isStateDict(value)) {
      found.set(path.join('/'), value);
      return;
    }
    if (path.length >= deepest) return;
    for (const [key, entry] of value) {
      if (typeof key === 'string' && !/^optim/i.test(key)) visit(entry, [...path, key]);
    }
  };
  visit(root, []);
  return found;
}

function byKey(file: string, root: PickleValue, key: string): Dict {
  let value: PickleValue | undefined = root instanceof Map && root.has(key) ? root.get(key) : root;
  if (value === root) {
    for (const part of key.split('/')) value = value instanceof Map ? value.get(part) : undefined;
  }
  if (value !== undefined && hasTensors(value)) return value;
  const list = [...collect(root).keys()].map((name) => `'${name}'`).join(', ') || 'none';
  throw new ModelError(
    'CHECKPOINT_KEY',
    `${file}: no weights under '${key}'; there are weights under: ${list}`,
  );
}

function choose(file: string, root: PickleValue): { under: string | null; dict: Dict } {
  // Tensors at the top are the weights, whatever lies beside them.
  if (hasTensors(root)) return { under: null, dict: root };
  const found = collect(root);
  const usual = usualNames.find((name) => found.has(name));
  const [first, ...others] = found;
  if (first === undefined) {
    throw new ModelError('CHECKPOINT_NO_WEIGHTS', `${file}: no dict of named tensors in it`);
  }
  if (usual === undefined && others.length > 0) {
    const list = [...found.keys()].map((name) => `'${name}'`).join(', ');
    throw new ModelError(
      'CHECKPOINT_AMBIGUOUS',
      `${file}: weights of several networks: ${list}; name one with the option 'key' (--key)`,
    );
  }
  const [under, dict] = usual === undefined ? first : [usual, found.get(usual) ?? first[1]];
  return { under, dict };
}

/** Finds the weights of one network in what a `torch.save` file holds: under `key`, or where they plainly are.
 * @throws {ModelError} `CHECKPOINT_KEY`, `CHECKPOINT_AMBIGUOUS`, `CHECKPOINT_NO_WEIGHTS`, `CHECKPOINT_KEYS`. */
export function findWeights(file: string, root: PickleValue, key: string | undefined): FoundWeights {
  const { under, dict } =
    key === undefined ? choose(file, root) : { under: key, dict: byKey(file, root, key) };
  const named = [...dict].filter((entry): entry is [string, PickledTensor] => {
    return typeof entry[0] === 'string' && isTensor(entry[1]);
  });
  const notes: string[] = [];
  const left = dict.size - named.length;
  if (left > 0) notes.push(`${left} entries beside the tensors are not weights and were left out`);
  const prefixed = named.every(([name]) => name.startsWith(parallelPrefix));
  if (prefixed) notes.push(`the prefix '${parallelPrefix}' of every name was taken off`);
  const strip = (name: string) => (prefixed ? name.slice(parallelPrefix.length) : name);
  return { under, tensors: new Map(named.map(([name, tensor]) => [strip(name), tensor])), notes };
}

/** Bounds on what is copied out of a pickle as metadata: references in it can make a small file look endless. */
const mostNodes = 20000;
const deepestMetadata = 12;

/** Plain values at the top of the file (epoch, options of the run), as JSON can hold them; tensors, weights and
 * optimizers are left out. */
export function plainMetadata(root: PickleValue): Record<string, unknown> {
  let nodes = 0;
  const plain = (value: PickleValue, depth: number): unknown => {
    nodes++;
    if (nodes > mostNodes || depth > deepestMetadata) return undefined;
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'bigint') return String(value);
    if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null);
    if (value instanceof Set) return [...value].map((item) => plain(item, depth + 1) ?? null);
    if (!(value instanceof Map) || isObject(value)) return undefined;
    const record: Record<string, unknown> = Object.create(null);
    for (const [key, item] of value) {
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const copy = plain(item, depth + 1);
      if (copy !== undefined) record[String(key)] = copy;
    }
    return record;
  };
  const metadata: Record<string, unknown> = Object.create(null);
  if (!(root instanceof Map)) return metadata;
  const holdsTensors = tensorFinder();
  for (const [key, value] of root) {
    if (typeof key !== 'string' || isTensor(value) || holdsTensors(value) || /^optim/i.test(key)) continue;
    const copy = plain(value, 0);
    if (copy !== undefined) metadata[key] = copy;
  }
  return metadata;
}

/** Tells whether tensors lie anywhere in a value, looking at each dict once. */
function tensorFinder(): (value: PickleValue) => boolean {
  const seen = new Set<PickleValue>();
  const holds = (value: PickleValue, depth: number): boolean => {
    if (isTensor(value)) return true;
    if (!(value instanceof Map) || depth > deepest || seen.has(value)) return false;
    seen.add(value);
    return [...value.values()].some((item) => holds(item, depth + 1));
  };
  return (value) => {
    seen.clear();
    return holds(value, 0);
  };
}
