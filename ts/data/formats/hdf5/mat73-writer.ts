import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { DataError } from '../../../errors.js';
import { AtomicFile } from '../../../io/atomic-write.js';
import { bytesPerValue, type CubeDType, type CubeValues, nextTurn } from '../../cube.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import {
  attributeMessage,
  chunkedMessage,
  contiguousMessage,
  fillMessage,
  filterMessage,
  type Hdf5Type,
  type Message,
  objectHeader,
  spaceMessage,
  typeMessage,
  words,
} from './hdf5-messages.js';
import { chunkTree, type GroupMember, rootGroup, type StoredChunk, superblock } from './hdf5-trees.js';
import { GatheredLines } from '../gathered-lines.js';
import { LineCheck } from '../lines.js';
import { asVariables, checkVariableName } from '../mat/mat-names.js';
import { swapBytes } from '../stored-types.js';

const deflated = promisify(deflate);

/** MATLAB's own header comes before HDF5's part of the file. */
const userBlock = 512;
const superblockBytes = 96;
const level = 4;
/** Bytes of a chunk, before it is compressed; and of all bands' chunks at a place, which wait in memory. */
const chunkBytes = 1 << 19;
const waitingBytes = 1 << 25;
/** Chunks compressed at a time. */
const inFlight = 4;

const classes: Record<CubeDType, string> = {
  uint8: 'uint8',
  uint16: 'uint16',
  int16: 'int16',
  int32: 'int32',
  float32: 'single',
  float64: 'double',
};

function matlabHeader(): Buffer {
  const header = Buffer.alloc(userBlock);
  // Readers look for these first words. No date: equal cubes give equal files.
  header.write('MATLAB 7.3 MAT-file, written by hyperlift HDF5 schema 1.00 .'.padEnd(116), 'latin1');
  header.writeUInt16LE(0x0200, 124);
  header.write('IM', 126, 'latin1');
  return header;
}

function classMessage(name: string): Message {
  return attributeMessage('MATLAB_class', { text: name.length }, Buffer.from(name, 'latin1'));
}

/** Bytes of values by their place in the value: the first of all, the second of all, ... */
function shuffled(bytes: Uint8Array, width: number): Uint8Array {
  if (width === 1) return bytes;
  const count = bytes.length / width;
  const result = new Uint8Array(bytes.length);
  for (let place = 0; place < width; place++) {
    const start = place * count;
    for (let i = 0, from = place; i < count; i++, from += width) result[start + i] = bytes[from] as number;
  }
  return result;
}

class Mat73Writer implements CubeWriter {
  readonly lines = 'columns';
  private readonly check: LineCheck;
  private readonly chunks: StoredChunk[] = [];
  private readonly members: GroupMember[] = [];
  /** Columns that do not yet fill a chunk: `[bands, columns of a chunk, height]`. */
  private readonly waiting: GatheredLines;
  private columns = 0;
  /** Where the next bytes go, counted from the start of HDF5's part. */
  private end = superblockBytes;

  constructor(
    path: string,
    private readonly file: AtomicFile,
    private readonly plan: CubePlan,
    private readonly variable: string,
    private readonly chunkColumns: number,
  ) {
    this.check = new LineCheck(path, plan, 'columns');
    this.waiting = new GatheredLines(plan, chunkColumns, plan.height);
  }

  /** Appends bytes, and says where they are. */
  private async append(bytes: Uint8Array): Promise<number> {
    const address = this.end;
    // HDF5 keeps its structures at multiples of eight.
    this.end += Math.ceil(bytes.length / 8) * 8;
    await this.file.write(bytes, userBlock + address);
    return address;
  }

  private async addDataset(name: string, messages: readonly Message[]): Promise<void> {
    this.members.push({ name, address: await this.append(objectHeader(messages)) });
  }

  /** A small array, in one piece. */
  async addArray(
    name: string,
    shape: readonly number[],
    type: Hdf5Type,
    bytes: Buffer,
    attributes: Message[],
  ): Promise<void> {
    const layout = contiguousMessage(await this.append(bytes), bytes.length);
    await this.addDataset(name, [
      spaceMessage(shape),
      typeMessage(type),
      fillMessage(false),
      layout,
      ...attributes,
    ]);
  }

  async addText(name: string, text: string): Promise<void> {
    const attributes = [
      classMessage('char'),
      attributeMessage('MATLAB_int_decode', 'int32', Buffer.from([2, 0, 0, 0])),
    ];
    if (text.length > 0) {
      return this.addArray(name, [text.length, 1], 'uint16', Buffer.from(text, 'utf16le'), attributes);
    }
    // Of an empty array MATLAB stores the sizes.
    const empty = attributeMessage('MATLAB_empty', 'uint8', Buffer.from([1]));
    return this.addArray(name, [2], 'uint64', words(0, 0), [...attributes, empty]);
  }

  async addWavelengths(values: readonly number[]): Promise<void> {
    const bytes = Buffer.alloc(values.length * 8);
    values.forEach((value, i) => {
      bytes.writeDoubleLE(value, i * 8);
    });
    await this.addArray('wavelengths', [values.length, 1], 'float64', bytes, [classMessage('double')]);
  }

  async write(start: number, count: number, values: CubeValues): Promise<void> {
    this.check.next(start, count, values);
    await this.waiting.add(count, values, () => this.flush());
  }

  /** Compresses and stores the chunks of all bands at the columns that wait. */
  private async flush(): Promise<void> {
    const { bands, height, dtype } = this.plan;
    const [size, width] = [this.chunkColumns * height, bytesPerValue(dtype)];
    const { buffer, byteOffset } = this.waiting.values;
    for (let first = 0; first < bands; first += inFlight) {
      const packed: Promise<Buffer>[] = [];
      for (let band = first; band < Math.min(first + inFlight, bands); band++) {
        // What an earlier place left beyond the last column is not of this one.
        this.waiting.values.fill(0, band * size + this.waiting.filled * height, (band + 1) * size);
        const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset + band * size * width, size * width);
        if (endianness() === 'BE' && width > 1) swapBytes(bytes, width);
        packed.push(deflated(shuffled(bytes, width), { level }));
        await nextTurn();
      }
      for (const [i, bytes] of (await Promise.all(packed)).entries()) {
        const start = [first + i, this.columns, 0];
        this.chunks.push({ start, address: await this.append(bytes), bytes: bytes.length });
      }
    }
    this.columns += this.chunkColumns;
    this.waiting.filled = 0;
  }

  async finish(): Promise<void> {
    try {
      this.check.whole();
      if (this.waiting.filled > 0) await this.flush();
      const { bands, height, width, dtype } = this.plan;
      const chunk = [1, this.chunkColumns, height];
      const tree = chunkTree(this.chunks, chunk, this.end);
      await this.append(tree.bytes);
      await this.addDataset(this.variable, [
        spaceMessage([bands, width, height]),
        typeMessage(dtype),
        fillMessage(true),
        chunkedMessage(tree.root, chunk, bytesPerValue(dtype)),
        filterMessage(bytesPerValue(dtype), level),
        classMessage(classes[dtype]),
      ]);
      const group = rootGroup(this.members, this.end);
      await this.append(group.bytes);
      const head = superblock(group, userBlock, userBlock + this.end);
      await this.file.write(Buffer.concat([matlabHeader(), head]), 0);
    } catch (cause) {
      await this.abort();
      throw cause;
    }
    await this.file.commit();
  }

  async abort(): Promise<void> {
    await this.file.abort();
  }
}

/** Begins a MATLAB v7.3 file in MATLAB's own layout: `[H, W, B]`, which HDF5 lists as [B, W, H], in compressed chunks of
 * columns; `wavelengths` and notes beside it. Of any size.
 * @throws {DataError} `DATA_VARIABLE_NAME`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function createMat73(
  path: string,
  plan: CubePlan,
  { variable = 'cube', notes }: WriteCubeOptions,
): Promise<CubeWriter> {
  checkVariableName(path, variable);
  const { bands, height, width, dtype, wavelengths } = plan;
  if (bands * height * width === 0) {
    throw new DataError('DATA_EMPTY', `${path}: a cube of ${bands}x${height}x${width} has no values`);
  }
  const column = height * bytesPerValue(dtype);
  const fitting = Math.floor(Math.min(chunkBytes, waitingBytes / bands) / column);
  const file = await AtomicFile.open(path);
  const writer = new Mat73Writer(path, file, plan, variable, Math.max(1, Math.min(width, fitting)));
  try {
    if (wavelengths) await writer.addWavelengths(wavelengths);
    const texts = asVariables({ ...plan.notes, ...notes }, [variable, 'wavelengths']);
    for (const [name, text] of Object.entries(texts)) await writer.addText(name, text);
    return writer;
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
}
