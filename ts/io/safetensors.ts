import { ModelError } from '../errors.js';
import type { DType } from '../native/types.js';
import { writeAtomically, writeFully } from './atomic-write.js';
import { RandomAccessFile } from './file.js';
import { bytesPerElement, elementCount, type TensorEntries, type TensorEntry } from './tensor-entry.js';

/** Our dtype names and the format's. */
const toFormat: Record<DType, string> = {
  uint8: 'U8',
  int16: 'I16',
  uint16: 'U16',
  int32: 'I32',
  int64: 'I64',
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64',
  bool: 'BOOL',
};
const fromFormat = new Map(Object.entries(toFormat).map(([ours, theirs]) => [theirs, ours as DType]));

/** The format's own limit on the header, against files that ask for all memory. */
const largestHeader = 100_000_000;

/** A tensor of the header, before its values are read. */
export interface SafetensorsHeaderEntry {
  dtype: DType;
  shape: number[];
  /** First byte and the byte after the last, from the start of the data section. */
  begin: number;
  end: number;
}

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  entries: Map<string, SafetensorsHeaderEntry>;
  metadata: Record<string, string>;
  /** Where the data section starts in the file. */
  dataOffset: number;
}

function damaged(file: string, what: string): ModelError {
  return new ModelError('CHECKPOINT_DAMAGED', `${file}: not a sound safetensors file: ${what}`);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readMetadata(file: string, value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw damaged(file, '__metadata__ is not an object');
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(file, `metadata '${key}' is not a string`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(file: string, name: string, value: unknown): SafetensorsHeaderEntry {
  if (!isRecord(value)) throw damaged(file, `the entry of '${name}' is not an object`);
  const { dtype: theirs, shape, data_offsets: offsets } = value;
  const dtype = typeof theirs === 'string' ? fromFormat.get(theirs) : undefined;
  if (dtype === undefined) {
    throw new ModelError(
      'CHECKPOINT_DTYPE',
      `${file}: '${name}' has dtype ${String(theirs)}, which hyperlift does not read`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw damaged(file, `'${name}' has no valid shape`);
  const begin: unknown = Array.isArray(offsets) && offsets.length === 2 ? offsets[0] : undefined;
  const end: unknown = Array.isArray(offsets) ? offsets[1] : undefined;
  if (!isCount(begin) || !isCount(end)) throw damaged(file, `'${name}' has no valid data_offsets`);
  if (end - begin !== elementCount(shape) * bytesPerElement(dtype)) {
    throw damaged(
      file,
      `'${name}' ${theirs} [${shape.join(', ')}] does not fill its bytes ${begin} to ${end}`,
    );
  }
  return { dtype, shape, begin, end };
}

/** Tensors must follow each other without a gap or an overlap, and end where the file ends. */
function checkLayout(file: string, entries: SafetensorsHeader['entries'], dataSize: number): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const [name, entry] of ordered) {
    if (entry.begin !== position)
      throw damaged(file, `'${name}' starts at ${entry.begin}, expected ${position}`);
    position = entry.end;
  }
  if (position > dataSize) {
    throw new ModelError(
      'CHECKPOINT_TRUNCATED',
      `${file}: cut off: the header names ${position} bytes of values, the file holds ${dataSize}`,
    );
  }
  if (position < dataSize) throw damaged(file, `${dataSize - position} bytes after the last tensor`);
}

function parseHeader(path: string, text: Buffer): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw damaged(path, 'its header is not JSON');
  }
  if (!isRecord(header)) throw damaged(path, 'its header is not an object');
  return header;
}

async function headerOf(file: RandomAccessFile): Promise<SafetensorsHeader> {
  const { path } = file;
  const length = (await file.read(0, 8, 'the header length')).readBigUInt64LE();
  if (length > largestHeader || length < 2) {
    throw new ModelError(
      'CHECKPOINT_FORMAT',
      `${path}: not a safetensors file (its first 8 bytes would mean a header of ${length} bytes)`,
    );
  }
  const dataOffset = 8 + Number(length);
  const { __metadata__, ...rest } = parseHeader(path, await file.read(8, Number(length), 'the header'));
  const entries = new Map(Object.entries(rest).map(([name, value]) => [name, readEntry(path, name, value)]));
  checkLayout(path, entries, file.size - dataOffset);
  return { entries, metadata: readMetadata(path, __metadata__), dataOffset };
}

/** Names, dtypes, shapes and metadata of a safetensors file, without its values.
 * @throws {ModelError} `CHECKPOINT_MISSING`, `CHECKPOINT_FORMAT`, `CHECKPOINT_DAMAGED`, `CHECKPOINT_TRUNCATED`,
 * `CHECKPOINT_DTYPE`. */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  return RandomAccessFile.use(file, 'CHECKPOINT', headerOf);
}

/** All tensors of a safetensors file, in the order of its header, and its metadata. Every offset is checked before a
 * value is read.
 * @param options.only reads just the tensors whose name it accepts.
 * @throws as {@link readSafetensorsHeader}. */
export async function readSafetensors(
  file: string,
  { only }: { only?: (name: string) => boolean } = {},
): Promise<{ tensors: TensorEntries; metadata: Record<string, string> }> {
  return RandomAccessFile.use(file, 'CHECKPOINT', async (source) => {
    const { entries, metadata, dataOffset } = await headerOf(source);
    const tensors: TensorEntries = new Map();
    for (const [name, { dtype, shape, begin, end }] of entries) {
      if (only !== undefined && !only(name)) continue;
      const data = await source.read(dataOffset + begin, end - begin, `'${name}'`);
      tensors.set(name, { dtype, shape, data });
    }
    return { tensors, metadata };
  });
}

/** Wide dtypes first, so that each tensor starts at a multiple of its own size; otherwise the caller's order. */
function inFileOrder(tensors: TensorEntries): [string, TensorEntry][] {
  return [...tensors].sort(([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype));
}

function buildHeader(tensors: ReturnType<typeof inFileOrder>, metadata: Record<string, string>): Buffer {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === '__metadata__')
      throw new ModelError('CHECKPOINT_KEYS', "a tensor cannot be named '__metadata__'");
    if (data.byteLength !== elementCount(shape) * bytesPerElement(dtype)) {
      throw new ModelError(
        'CHECKPOINT_SHAPE',
        `'${name}' ${dtype} [${shape.join(', ')}] needs ${elementCount(shape) * bytesPerElement(dtype)} bytes, ` +
          `${data.byteLength} were given`,
      );
    }
    header[name] = { dtype: toFormat[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const padded = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return padded;
}

/** Writes a safetensors file, whole or not at all. Equal input gives equal bytes.
 * @throws {ModelError} `CHECKPOINT_SHAPE`, `CHECKPOINT_KEYS`; {@link writeAtomically}'s errors. */
export async function writeSafetensors(
  file: string,
  tensors: TensorEntries,
  metadata: Record<string, string> = {},
): Promise<void> {
  const ordered = inFileOrder(tensors);
  const header = buildHeader(ordered, metadata);
  await writeAtomically(file, async (handle) => {
    await writeFully(handle, header, 0);
    let position = header.length;
    for (const [, { data }] of ordered) {
      await writeFully(handle, data, position);
      position += data.byteLength;
    }
  });
}
