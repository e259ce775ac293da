import { DataError } from '../../../errors.js';
import { AtomicFile, writeAtomically, writeError, writeFully } from '../../../io/atomic-write.js';
import { bytesPerValue, type CubeDType, type CubeValues, dtypeOf, nextTurn } from '../../cube.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { storage } from './mat5-elements.js';
import { asVariables, checkVariableName } from './mat-names.js';

/** Class and storage type of each dtype. */
const codes: Record<CubeDType, { class: number; stored: number }> = {
  float64: { class: 6, stored: storage.double },
  float32: { class: 7, stored: storage.single },
  uint8: { class: 9, stored: storage.uint8 },
  int16: { class: 10, stored: storage.int16 },
  uint16: { class: 11, stored: storage.uint16 },
  int32: { class: 12, stored: storage.int32 },
};
const charClass = 4;

/** MATLAB reads no v5 variable of 2 GiB or more. */
const largestVariable = 2 ** 31;

function tag(type: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(type, 0);
  buffer.writeUInt32LE(bytes, 4);
  return buffer;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

/** A variable up to the first byte of its values. */
function head(
  path: string,
  name: string,
  shape: number[],
  code: (typeof codes)[CubeDType],
  bytes: number,
): Buffer {
  checkVariableName(path, name);
  const sizes = Buffer.alloc(shape.length * 4);
  shape.forEach((size, i) => {
    sizes.writeInt32LE(size, i * 4);
  });
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(code.class, 0);
  const body = Buffer.concat([
    tag(storage.uint32, 8),
    flags,
    tag(storage.int32, sizes.length),
    padded(sizes),
    tag(storage.int8, name.length),
    padded(Buffer.from(name, 'latin1')),
    tag(code.stored, bytes),
  ]);
  return Buffer.concat([tag(storage.matrix, body.length + Math.ceil(bytes / 8) * 8), body]);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(128);
  // Readers look for these first words. No date: equal cubes give equal files.
  header.write('MATLAB 5.0 MAT-file, written by hyperlift'.padEnd(116), 'latin1');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126, 'latin1');
  return header;
}

function textVariable(path: string, name: string, text: string): Buffer {
  const units = Buffer.from(text, 'utf16le');
  const code = { class: charClass, stored: storage.uint16 };
  return Buffer.concat([head(path, name, [1, text.length], code, units.length), padded(units)]);
}

function numbersVariable(path: string, name: string, values: readonly number[]): Buffer {
  const bytes = Buffer.from(Float64Array.from(values).buffer);
  return Buffer.concat([head(path, name, [1, values.length], codes.float64, bytes.length), bytes]);
}

/** The cube a {@link MatCubeWriter} will be given. */
export interface MatCubePlan {
  bands: number;
  height: number;
  width: number;
  dtype: CubeDType;
  /** Default `cube`. */
  variable?: string;
  /** nm, one a band; stored as `wavelengths`. */
  wavelengths?: readonly number[] | null;
  /** Stored as text variables of these names. */
  notes?: Readonly<Record<string, string>>;
}

/** A block of a cube: where it lies, and its sizes. */
export interface CubeBlock {
  row: number;
  column: number;
  height: number;
  width: number;
  /** First band. Default 0. */
  band?: number;
  /** Number of bands. Default all from `band` on. */
  bands?: number;
  /** The values come as `[bands, width, height]`, as MATLAB stores them: nothing is turned. */
  turned?: boolean;
}

/** Writes a cube to a MATLAB v5 file as it is made, block by block, in any order. The file appears under its name at
 * `finish`. Blocks as high as the cube are written in one piece a band and are the quick ones: MATLAB stores columns,
 * so tile a large image column of tiles by column of tiles. */
export class MatCubeWriter {
  private written = 0;

  private constructor(
    private readonly plan: MatCubePlan,
    private readonly file: AtomicFile,
    /** Where the cube's first value lies in the file. */
    private readonly start: number,
  ) {}

  /** Writes everything but the values, and reserves their place.
   * @throws {DataError} `DATA_TOO_LARGE` from 2 GiB on, `DATA_VARIABLE_NAME`, `DATA_WAVELENGTHS`, `DATA_WRITE`.
   * @throws {RunError} `RUN_DISK_FULL`. */
  static async create(path: string, plan: MatCubePlan): Promise<MatCubeWriter> {
    const { bands, height, width, dtype, variable = 'cube', wavelengths, notes = {} } = plan;
    const bytes = bands * height * width * bytesPerValue(dtype);
    if (bytes >= largestVariable) {
      throw new DataError(
        'DATA_TOO_LARGE',
        `${path}: a cube of ${bands}x${height}x${width} ${dtype} has ${(bytes / 2 ** 30).toFixed(1)} GiB, and MATLAB v5 ` +
          'holds less than 2 in a variable: write v7.3 (format mat73), ENVI (.hdr), fewer bands or a smaller type (uint16)',
      );
    }
    if (wavelengths && wavelengths.length !== bands) {
      throw new DataError(
        'DATA_WAVELENGTHS',
        `${path}: ${wavelengths.length} wavelengths for ${bands} bands`,
      );
    }
    const before = Buffer.concat([
      fileHeader(),
      ...Object.entries(notes).map(([name, text]) => textVariable(path, name, text)),
      ...(wavelengths ? [numbersVariable(path, 'wavelengths', wavelengths)] : []),
      head(path, variable, [height, width, bands], codes[dtype], bytes),
    ]);
    const file = await AtomicFile.open(path);
    const writer = new MatCubeWriter(plan, file, before.length);
    try {
      await file.write(before, 0);
      await file.handle.truncate(before.length + Math.ceil(bytes / 8) * 8).catch((cause) => {
        // A device or pipe has no length to set.
        if (cause.code !== 'EINVAL') throw cause;
      });
    } catch (cause) {
      await file.abort();
      throw writeError(path, cause);
    }
    return writer;
  }

  /** Writes a block given band-major, `[bands, height, width]`. The values must be of the planned dtype.
   * @throws {DataError} `DATA_BLOCK`, `DATA_TYPE`, `DATA_WRITE`. */
  async writeBlock(block: CubeBlock, values: CubeValues): Promise<void> {
    const { row, column, height, width, band = 0, bands = this.plan.bands - band } = block;
    const asStored = block.turned === true;
    this.check({ row, column, height, width, band, bands }, values);
    const size = bytesPerValue(this.plan.dtype);
    const plane = height * width;
    const turned = values.slice(0, asStored ? 0 : plane);
    for (let i = 0; i < bands; i++) {
      const piece = values.subarray(i * plane, (i + 1) * plane);
      if (!asStored) turn(piece, turned, height, width);
      const ready = asStored ? piece : turned;
      const bytes = new Uint8Array(ready.buffer, ready.byteOffset, ready.byteLength);
      const first = ((band + i) * this.plan.width + column) * this.plan.height + row;
      await this.writeColumns(bytes, this.start + first * size, height * size, width);
      await nextTurn();
    }
    this.written += bands * plane;
  }

  /** Columns of the whole height follow each other in the file; shorter ones are written one by one. */
  private async writeColumns(
    bytes: Uint8Array,
    position: number,
    columnBytes: number,
    columns: number,
  ): Promise<void> {
    const step = this.plan.height * bytesPerValue(this.plan.dtype);
    if (columnBytes === step) return this.file.write(bytes, position);
    for (let i = 0; i < columns; i++) {
      await this.file.write(bytes.subarray(i * columnBytes, (i + 1) * columnBytes), position + i * step);
    }
  }

  private check(block: Required<Omit<CubeBlock, 'turned'>>, values: CubeValues): void {
    const { row, column, height, width, band, bands } = block;
    const { plan, file } = this;
    const whole = Object.values(block).every((value) => Number.isInteger(value) && value >= 0);
    const within = row + height <= plan.height && column + width <= plan.width && band + bands <= plan.bands;
    if (!whole || !within || values.length !== bands * height * width) {
      throw new DataError(
        'DATA_BLOCK',
        `${file.path}: a block of ${bands}x${height}x${width} at band ${band}, row ${row}, column ${column} with ` +
          `${values.length} values does not fit a cube of ${plan.bands}x${plan.height}x${plan.width}`,
      );
    }
    if (dtypeOf(values) !== plan.dtype) {
      throw new DataError(
        'DATA_TYPE',
        `${file.path}: a block of ${dtypeOf(values)} for a cube of ${plan.dtype}`,
      );
    }
  }

  /** Gives the file its name.
   * @throws {DataError} `DATA_INCOMPLETE` when blocks are missing; the file is then not made. */
  async finish(): Promise<void> {
    const expected = this.plan.bands * this.plan.height * this.plan.width;
    if (this.written < expected) {
      await this.abort();
      throw new DataError(
        'DATA_INCOMPLETE',
        `${this.file.path}: ${this.written} of ${expected} values were written`,
      );
    }
    await this.file.commit();
  }

  /** Gives up: nothing appears under the name, and what was there stays. */
  async abort(): Promise<void> {
    await this.file.abort();
  }
}

/** Row-major to column-major. */
function turn(source: CubeValues, target: CubeValues, height: number, width: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      target[column * height + row] = source[row * width + column] as number;
    }
  }
}

/** Begins a MATLAB v5 file: `[H, W, B]` as the field keeps it, `wavelengths` beside it. MATLAB keeps columns together.
 * @throws as {@link MatCubeWriter.create}. */
export async function createMat5(
  path: string,
  plan: CubePlan,
  { variable = 'cube', notes }: WriteCubeOptions,
): Promise<CubeWriter> {
  const writer = await MatCubeWriter.create(path, {
    ...plan,
    variable,
    notes: asVariables({ ...plan.notes, ...notes }, [variable, 'wavelengths']),
  });
  const { height } = plan;
  return {
    lines: 'columns',
    write: (column, width, values) =>
      writer.writeBlock({ row: 0, column, height, width, turned: true }, values),
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}

/** An array of single precision for {@link writeMatArrays}. */
export interface MatArray {
  name: string;
  shape: readonly number[];
  /** In MATLAB's order: the first axis changes fastest. */
  values: Float32Array;
}

/** Writes arrays to a MATLAB v5 file, which appears when it is whole.
 * @throws {DataError} `DATA_TOO_LARGE` from 2 GiB on, `DATA_VARIABLE_NAME`, `DATA_WRITE`; {RunError} `RUN_DISK_FULL`. */
export async function writeMatArrays(path: string, arrays: readonly MatArray[]): Promise<void> {
  const pieces = arrays.flatMap(({ name, shape, values }) => {
    if (values.byteLength >= largestVariable) {
      throw new DataError('DATA_TOO_LARGE', `${path}: '${name}' has 2 GiB or more, MATLAB v5 holds less`);
    }
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return [head(path, name, [...shape], codes.float32, bytes.length), padded(bytes)];
  });
  await writeAtomically(path, (handle) => writeFully(handle, Buffer.concat([fileHeader(), ...pieces]), 0));
}
