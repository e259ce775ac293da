import { ModelError } from '../errors.js';
import type { DType } from '../native/types.js';
import { isObject, type PickleObject, type PickleRules, type PickleValue } from './pickle.js';

/** A class or function that a pickle of weights may name. */
interface Allowed extends PickleObject {
  kind: 'class';
  name: string;
}

/** A storage type: what its values are, and how wide. */
interface StorageType extends PickleObject {
  kind: 'storage-type';
  /** Null for values that no hyperlift tensor holds (int8, complex, quantized). */
  dtype: DType | null;
  name: string;
  bytes: number;
}

/** Values of one or more tensors, kept outside the pickle. */
export interface PickledStorage extends PickleObject {
  kind: 'storage';
  key: string;
  type: StorageType;
  /** Number of values. */
  count: number;
  /** First value of a view into another storage (legacy files). */
  offset: number;
}

/** A tensor as the pickle describes it. */
export interface PickledTensor extends PickleObject {
  kind: 'tensor';
  storage: PickledStorage;
  offset: number;
  shape: number[];
  strides: number[];
}

const storageTypes: Record<string, [dtype: DType | null, bytes: number]> = {
  FloatStorage: ['float32', 4],
  DoubleStorage: ['float64', 8],
  HalfStorage: ['float16', 2],
  BFloat16Storage: ['bfloat16', 2],
  LongStorage: ['int64', 8],
  IntStorage: ['int32', 4],
  ShortStorage: ['int16', 2],
  ByteStorage: ['uint8', 1],
  BoolStorage: ['bool', 1],
  CharStorage: [null, 1],
  ComplexFloatStorage: [null, 8],
  ComplexDoubleStorage: [null, 16],
};

/** The allow-list. Each builds data from data; none can run anything. */
const allowed = new Set([
  'collections OrderedDict',
  'collections defaultdict',
  'builtins dict',
  '__builtin__ dict',
  'builtins set',
  '__builtin__ set',
  'torch Size',
  'torch._utils _rebuild_tensor_v2',
  'torch._utils _rebuild_tensor',
  'torch._utils _rebuild_parameter',
  'numpy dtype',
  'numpy.core.multiarray scalar',
  'numpy._core.multiarray scalar',
  '_codecs encode',
]);
const torchDtypes =
  /^(float16|float32|float64|bfloat16|uint8|int8|int16|int32|int64|bool|half|float|double|long|int)$/;
/** A tensor of more axes is a trap. */
const mostAxes = 64;

export function isTensor(value: PickleValue | undefined): value is PickledTensor {
  return isObject(value) && value.kind === 'tensor';
}

function isStorage(value: PickleValue | undefined): value is PickledStorage {
  return isObject(value) && value.kind === 'storage';
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0)
  );
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** What a `torch.save` file may name, and what is made of it. */
export class TorchRules implements PickleRules {
  constructor(private readonly file: string) {}

  private unsafe(what: string): ModelError {
    return new ModelError(
      'CHECKPOINT_UNSAFE',
      `${this.file}: refused: it names ${what}, which is not part of a file of weights; only tensors, plain containers and ` +
        'numbers are read, since loading anything else could run code',
    );
  }

  private damaged(what: string): ModelError {
    return new ModelError('CHECKPOINT_DAMAGED', `${this.file}: not a sound file of weights: ${what}`);
  }

  global(module: string, name: string): PickleObject {
    const [dtype, bytes] = storageTypes[name] ?? [null, 0];
    if ((module === 'torch' || module === 'torch.cuda') && bytes > 0) {
      return { kind: 'storage-type', dtype, name, bytes } as StorageType;
    }
    const known = allowed.has(`${module} ${name}`) || (module === 'torch' && torchDtypes.test(name));
    if (known) return { kind: 'class', name } as Allowed;
    throw this.unsafe(`'${`${module}.${name}`.slice(0, 200)}'`);
  }

  reduce(callee: PickleObject, parameters: PickleValue[]): PickleValue {
    const { name } = callee as Allowed;
    const [first, second, third, fourth] = parameters;
    if (callee.kind !== 'class') throw this.unsafe(`a call of a ${callee.kind}`);
    if (name === 'OrderedDict' || name === 'dict') return this.dict(first);
    if (name === 'defaultdict') return new Map();
    if (name === 'set') return new Set(Array.isArray(first) ? first : []);
    if (name === 'Size') return isCounts(first) ? first : [];
    if (name === '_rebuild_tensor_v2' || name === '_rebuild_tensor')
      return this.tensor(first, second, third, fourth);
    if (name === '_rebuild_parameter' && isTensor(first)) return first;
    if (name === 'dtype' && typeof first === 'string')
      return { kind: 'numpy-dtype', name: first } as PickleObject;
    if (name === 'scalar' && isObject(first)) return this.numpyScalar(first, second);
    if (name === 'encode' && typeof first === 'string' && second === 'latin1')
      return Uint8Array.from(Buffer.from(first, 'latin1'));
    throw this.unsafe(`a call of '${name}' with other values than a file of weights has`);
  }

  /** `OrderedDict()` and, from old files, `OrderedDict([[key, value], ...])`. */
  private dict(pairs: PickleValue | undefined): Map<PickleValue, PickleValue> {
    const dict = new Map<PickleValue, PickleValue>();
    if (!Array.isArray(pairs)) return dict;
    for (const pair of pairs) {
      if (Array.isArray(pair) && pair.length === 2) dict.set(pair[0] ?? null, pair[1] ?? null);
    }
    return dict;
  }

  private tensor(
    storage: PickleValue | undefined,
    offset: PickleValue | undefined,
    shape: PickleValue | undefined,
    strides: PickleValue | undefined,
  ): PickledTensor {
    const sound = isStorage(storage) && isCount(offset) && isCounts(shape) && isCounts(strides);
    if (!sound || shape.length !== strides.length || shape.length > mostAxes) {
      throw this.damaged('a tensor without sound sizes and strides');
    }
    const empty = shape.includes(0);
    const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
    if (!empty && last >= storage.count) {
      throw this.damaged(
        `a tensor of sizes [${shape.join(', ')}] and strides [${strides.join(', ')}] at ${offset} reaches beyond its ${storage.count} values`,
      );
    }
    return { kind: 'tensor', storage, offset: offset + storage.offset, shape, strides };
  }

  /** A number that NumPy wrapped: the type's letter and size, and its bytes. */
  private numpyScalar(dtype: PickleObject, bytes: PickleValue | undefined): PickleValue {
    const name = (dtype as Allowed).name.replace(/^[<=|]/, '');
    if (dtype.kind !== 'numpy-dtype' || !(bytes instanceof Uint8Array)) throw this.unsafe('a NumPy object');
    const view = Buffer.from(bytes);
    const readers: Record<string, [size: number, read: () => number | bigint | boolean]> = {
      f8: [8, () => view.readDoubleLE()],
      f4: [4, () => view.readFloatLE()],
      i8: [8, () => view.readBigInt64LE()],
      i4: [4, () => view.readInt32LE()],
      u8: [8, () => view.readBigUInt64LE()],
      u1: [1, () => view.readUInt8()],
      b1: [1, () => view.readUInt8() !== 0],
    };
    const [size, read] = readers[name] ?? [0, () => 0];
    if (size === 0 || view.length !== size) throw this.unsafe(`a NumPy scalar of type '${name}'`);
    const value = read();
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** State on containers (`_metadata` of a state_dict) says nothing about the weights; NumPy's on a dtype is its byte
   * order. */
  build(object: PickleValue, state: PickleValue): PickleValue {
    if (object instanceof Map) return object;
    if (isObject(object) && object.kind === 'numpy-dtype' && Array.isArray(state)) {
      if (state[1] === '>') throw this.unsafe('a NumPy value in big-endian order');
      return object;
    }
    throw this.unsafe(isObject(object) ? `state for a ${object.kind}` : 'state for a plain value');
  }

  persistent(id: PickleValue): PickledStorage {
    const [tag, type, key, , count, view] = Array.isArray(id) ? id : [];
    const named = isObject(type) && type.kind === 'storage-type';
    if (tag !== 'storage' || !named)
      throw this.unsafe('an object outside the pickle that is no storage of values');
    if ((typeof key !== 'string' && typeof key !== 'number') || !isCount(count))
      throw this.damaged('a storage without key or size');
    const storage = { kind: 'storage' as const, key: String(key), type: type as StorageType };
    if (view === undefined || view === null) return { ...storage, count, offset: 0 };
    const [, offset, size] = Array.isArray(view) ? view : [];
    if (!isCount(offset) || !isCount(size) || offset + size > count)
      throw this.damaged('a view beyond its storage');
    return { ...storage, count: size, offset };
  }
}
