import { ModelError } from '../errors.js';
import { RandomAccessFile } from './file.js';
import { type PickleValue, unpickle } from './pickle.js';
import { type PickledStorage, type PickledTensor, TorchRules } from './pickle-torch.js';
import { type FoundWeights, findWeights, plainMetadata } from './pth-weights.js';
import { bytesPerElement, elementCount, type TensorEntries, type TensorEntry } from './tensor-entry.js';
import { readZipDirectory, readZipEntry, type ZipEntry } from './zip.js';

/** How a `.pth` is read. */
export interface ReadPthOptions {
  /** Where the weights are, in files that hold several: a key of the file's dict, or a path of keys joined by `/`. */
  key?: string;
}

/** Weights of a `torch.save` file. */
export interface PthWeights {
  tensors: TensorEntries;
  /** Plain values beside the weights (`epoch`, `config`, ...). */
  metadata: Record<string, unknown>;
  container: 'zip' | 'legacy';
  /** Where in the file the weights were; null when it holds nothing else. */
  under: string | null;
  /** What was done to the names, in words for the user. */
  notes: string[];
}

/** The pickled object, and a way to its storages. */
interface Opened {
  container: PthWeights['container'];
  root: PickleValue;
  littleEndian: boolean;
  storage(storage: PickledStorage): Promise<Buffer>;
}

const largestPickle = 1 << 28;
const legacyMagic = 0x1950a86a20f9469cfc6cn;
/** Tensors may share storages and repeat values by strides, within reason. */
const largestGrowth = 16;
const smallestAllowance = 1 << 24;

function damaged(file: string, what: string): ModelError {
  return new ModelError('CHECKPOINT_DAMAGED', `${file}: not a sound PyTorch file: ${what}`);
}

function checkStorage(file: string, storage: PickledStorage, bytes: number): void {
  const needed = (storage.offset + storage.count) * storage.type.bytes;
  if (bytes >= needed) return;
  throw damaged(file, `storage '${storage.key}' has ${bytes} bytes, its tensors need ${needed}`);
}

async function openZip(file: RandomAccessFile): Promise<Opened> {
  const entries = await readZipDirectory(file);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  const entry = entries.get(pickle ?? '');
  if (pickle === undefined || entry === undefined || pickles.length > 1) {
    throw new ModelError(
      'CHECKPOINT_FORMAT',
      `${file.path}: a zip, but not one that torch.save wrote (no data.pkl in it)`,
    );
  }
  if (entry.size > largestPickle) throw damaged(file.path, `its pickle would have ${entry.size} bytes`);
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  const littleEndian = order === undefined || (await readZipEntry(file, order)).toString('latin1') !== 'big';
  const bytes = await readZipEntry(file, entry);
  const { value } = unpickle(file.path, bytes, 0, new TorchRules(file.path));
  const storage = async (wanted: PickledStorage) => {
    const place: ZipEntry | undefined = entries.get(`${folder}data/${wanted.key}`);
    if (place === undefined) throw damaged(file.path, `the values of storage '${wanted.key}' are missing`);
    checkStorage(file.path, wanted, place.size);
    return readZipEntry(file, place);
  };
  return { container: 'zip', root: value, littleEndian, storage };
}

/** Places of the storages behind the pickles of a legacy file: for each key its number of values (8 bytes), then they. */
async function legacyStorages(
  file: RandomAccessFile,
  start: number,
  keys: PickleValue,
  sizes: ReadonlyMap<string, number>,
  littleEndian: boolean,
): Promise<Map<string, { offset: number; bytes: number }>> {
  if (!Array.isArray(keys)) throw damaged(file.path, 'its list of storages is missing');
  const places = new Map<string, { offset: number; bytes: number }>();
  let offset = start;
  for (const key of keys) {
    const raw = await file.read(offset, 8, `the size of storage '${String(key)}'`);
    const count = Number(littleEndian ? raw.readBigInt64LE() : raw.readBigInt64BE());
    const width = sizes.get(String(key));
    if (width === undefined) throw damaged(file.path, `no tensor uses storage '${String(key)}'`);
    const bytes = count * width;
    if (count < 0 || !file.holds(offset + 8, bytes))
      file.truncated(offset + 8 + bytes, `storage '${String(key)}'`);
    places.set(String(key), { offset: offset + 8, bytes });
    offset += 8 + bytes;
  }
  return places;
}

/** Keeps the width of every storage that the pickle names. */
class LegacyRules extends TorchRules {
  readonly widths = new Map<string, number>();
  override persistent(id: PickleValue): PickledStorage {
    const storage = super.persistent(id);
    this.widths.set(storage.key, storage.type.bytes);
    return storage;
  }
}

async function openLegacy(file: RandomAccessFile): Promise<Opened> {
  const bytes = await file.readUpTo(0, largestPickle);
  const rules = new LegacyRules(file.path);
  const magic = unpickle(file.path, bytes, 0, rules);
  if (magic.value !== legacyMagic) {
    throw new ModelError('CHECKPOINT_FORMAT', `${file.path}: a pickle, but not one that torch.save wrote`);
  }
  const protocol = unpickle(file.path, bytes, magic.end, rules);
  if (protocol.value !== 1001)
    throw damaged(file.path, `version ${String(protocol.value)} of the legacy format, 1001 is known`);
  const system = unpickle(file.path, bytes, protocol.end, rules);
  const littleEndian = !(system.value instanceof Map && system.value.get('little_endian') === false);
  const root = unpickle(file.path, bytes, system.end, rules);
  const keys = unpickle(file.path, bytes, root.end, rules);
  const places = await legacyStorages(file, keys.end, keys.value, rules.widths, littleEndian);
  const storage = async (wanted: PickledStorage) => {
    const place = places.get(wanted.key);
    if (place === undefined) throw damaged(file.path, `the values of storage '${wanted.key}' are missing`);
    checkStorage(file.path, wanted, place.bytes);
    return file.read(place.offset, place.bytes, `storage '${wanted.key}'`);
  };
  return { container: 'legacy', root: root.value, littleEndian, storage };
}

function isContiguous({ shape, strides }: PickledTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Copies values that do not follow each other in the storage into row-major order. */
function gather({ shape, strides, offset }: PickledTensor, storage: Buffer, width: number): Buffer {
  const target = Buffer.from(new ArrayBuffer(elementCount(shape) * width));
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < target.length; to += width) {
    storage.copy(target, to, from * width, (from + 1) * width);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, stride] = [shape[axis] ?? 1, strides[axis] ?? 0];
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next < size ? next : 0;
      from += next < size ? stride : -stride * (size - 1);
      if (next < size) break;
    }
  }
  return target;
}

function swapBytes(bytes: Buffer, width: number): Buffer {
  if (width === 2) return bytes.swap16();
  if (width === 4) return bytes.swap32();
  return width === 8 ? bytes.swap64() : bytes;
}

function toEntry(
  file: string,
  name: string,
  tensor: PickledTensor,
  storage: Buffer,
  littleEndian: boolean,
): TensorEntry {
  const { dtype, bytes: width, name: type } = tensor.storage.type;
  if (dtype === null) {
    throw new ModelError(
      'CHECKPOINT_DTYPE',
      `${file}: '${name}' is a ${type.replace('Storage', 'Tensor')}, which hyperlift does not read`,
    );
  }
  const start = tensor.offset * width;
  const length = elementCount(tensor.shape) * width;
  const values = isContiguous(tensor)
    ? Buffer.from(new Uint8Array(storage.subarray(start, start + length)).buffer)
    : gather(tensor, storage, width);
  return { dtype, shape: [...tensor.shape], data: littleEndian ? values : swapBytes(values, width) };
}

/** Refuses weights that would take far more memory than the file has bytes. */
function checkGrowth(file: RandomAccessFile, { tensors }: FoundWeights): void {
  let bytes = 0;
  for (const { shape, storage } of tensors.values())
    bytes += elementCount(shape) * bytesPerElement(storage.type.dtype ?? 'uint8');
  if (bytes <= Math.max(smallestAllowance, file.size * largestGrowth)) return;
  throw damaged(file.path, `its tensors would take ${bytes} bytes, the file has ${file.size}`);
}

/** Reads tensors storage by storage, so that one which many tensors share is read once. */
async function readTensors(
  file: RandomAccessFile,
  opened: Opened,
  found: FoundWeights,
): Promise<TensorEntries> {
  checkGrowth(file, found);
  const byStorage = new Map<string, [name: string, tensor: PickledTensor][]>();
  for (const entry of found.tensors) {
    const { key } = entry[1].storage;
    const users = byStorage.get(key) ?? [];
    users.push(entry);
    byStorage.set(key, users);
  }
  const read: TensorEntries = new Map();
  for (const users of byStorage.values()) {
    const [first] = users;
    if (first === undefined) continue;
    const bytes = await opened.storage(first[1].storage);
    for (const [name, tensor] of users) {
      checkStorage(file.path, tensor.storage, bytes.length);
      read.set(name, toEntry(file.path, name, tensor, bytes, opened.littleEndian));
    }
  }
  const ordered: TensorEntries = new Map();
  for (const name of found.tensors.keys()) {
    const entry = read.get(name);
    if (entry !== undefined) ordered.set(name, entry);
  }
  return ordered;
}

/** Whether a file's first eight bytes are those of `torch.save`: a zip, or a pickle of protocol 2 to 5. A safetensors
 * file starts with a length whose last four bytes are 0, which no such pickle has. */
export function isPth(firstBytes: Uint8Array): boolean {
  const [a, b = 0, c, d] = firstBytes;
  if (a === 0x50 && b === 0x4b) return c === 3 && d === 4;
  return a === 0x80 && b >= 2 && b <= 5 && firstBytes.subarray(4, 8).some((byte) => byte !== 0);
}

/** Reads the weights of a PyTorch file (`torch.save`: zip and legacy), without Python and without running anything of
 * it: only tensors, plain containers and numbers are built. Strided tensors become contiguous, big-endian values
 * little-endian; the prefix `module.` is taken off.
 * @throws {ModelError} `CHECKPOINT_MISSING`, `CHECKPOINT_EMPTY`, `CHECKPOINT_FORMAT`, `CHECKPOINT_UNSAFE` (a class that
 * is not allowed, named), `CHECKPOINT_TRUNCATED`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_DTYPE`, `CHECKPOINT_AMBIGUOUS`,
 * `CHECKPOINT_KEY`, `CHECKPOINT_NO_WEIGHTS`. */
export async function readPth(path: string, { key }: ReadPthOptions = {}): Promise<PthWeights> {
  return RandomAccessFile.use(path, 'CHECKPOINT', async (file) => {
    const firstBytes = await file.readUpTo(0, 8);
    if (!isPth(firstBytes))
      throw new ModelError('CHECKPOINT_FORMAT', `${path}: not a file that torch.save wrote`);
    const opened = firstBytes[0] === 0x50 ? await openZip(file) : await openLegacy(file);
    const found = findWeights(path, opened.root, key);
    const tensors = await readTensors(file, opened, found);
    const { under, notes } = found;
    return { tensors, metadata: plainMetadata(opened.root), container: opened.container, under, notes };
  });
}
