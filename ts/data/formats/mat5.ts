import { basename, extname } from 'node:path';
import { DataError } from '../../errors.js';
import { RandomAccessFile } from '../../io/file.js';
import { axesOf } from '../band-major.js';
import { type CubeDType, type CubeInfo, type CubeValues, fullScaleOf } from '../cube.js';
import {
  type CubeFormat,
  type CubeReader,
  type CubeWindow,
  type ReadCubeOptions,
  settleWavelengths,
  settleWindow,
} from './format.js';
import { storage, storedTypeOf } from './mat5-elements.js';
import {
  listMat5,
  locateMat5Values,
  type Mat5Values,
  type Mat5Variable,
  readMat5Numbers,
} from './mat5-variables.js';
import { createMat5 } from './mat5-writer.js';
import { dtypeOfStored, type StoredType } from './stored-types.js';
import { readStrided } from './strided.js';
import {
  asWavelengths,
  chooseCube,
  type CubeChoice,
  settleAxes,
  wavelengthCandidates,
} from './cube-choice.js';

/** Integer classes keep their type. MATLAB stores doubles that are all whole as the smallest integer that fits: those
 * stay integers too, as the values are, where a cube's dtype can be that narrow. */
function dtypeOfVariable({ type, stored }: Mat5Variable): CubeDType {
  if (type !== 'double' && type !== 'single') return dtypeOfStored(type as StoredType);
  const narrow = dtypeOfStored(storedTypeOf(stored) ?? 'float64');
  return narrow === 'int32' ? 'float64' : narrow;
}

/** Everything about the cube of a file but its values. */
interface Described {
  info: CubeInfo;
  array: Mat5Variable;
  /** Sizes and strides of the stored array. */
  layout: ReturnType<typeof axesOf>;
}

function layoutOfFlat(
  file: string,
  array: Mat5Variable,
  rows: number,
  columns: number,
): ReturnType<typeof axesOf> {
  const [first = 0, second = 0] = array.shape;
  const pixels = rows * columns;
  if (first !== pixels && second !== pixels) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${file}: '${array.name}' is ${array.shape.join(' x ')}, and neither axis has nRow x nCol = ${pixels} pixels`,
    );
  }
  const pixelsLast = second === pixels;
  const step = pixelsLast ? first : 1;
  const strides = { bands: pixelsLast ? 1 : first, rows: step, columns: step * rows };
  return { bands: pixelsLast ? first : second, height: rows, width: columns, strides };
}

async function layoutOf(
  file: RandomAccessFile,
  choice: CubeChoice<Mat5Variable>,
  wavelengthCount: number | null,
  options: ReadCubeOptions,
): Promise<{ layout: ReturnType<typeof axesOf>; axes: string }> {
  const { array } = choice;
  if (choice.kind === 'flat') {
    const [rows = 0] = await readMat5Numbers(file, choice.rows);
    const [columns = 0] = await readMat5Numbers(file, choice.columns);
    const layout = layoutOfFlat(file.path, array, rows, columns);
    return { layout, axes: `[${layout.bands === array.shape[0] ? 'B, W*H' : 'W*H, B'}] (nRow and nCol)` };
  }
  const { order, axes } = settleAxes(file.path, array, wavelengthCount, options);
  const [first = 0, second = 0, third = 0] = array.shape;
  return { layout: axesOf([first, second, third], order, 'fortran'), axes };
}

/** The first candidate whose values can be wavelengths and whose length is that of an axis of the cube. */
async function findWavelengths(
  file: RandomAccessFile,
  variables: readonly Mat5Variable[],
  shape: readonly number[],
): Promise<number[] | null> {
  for (const candidate of wavelengthCandidates(variables)) {
    const count = candidate.shape.reduce((product, size) => product * size, 1);
    if (!shape.includes(count)) continue;
    const found = asWavelengths(await readMat5Numbers(file, candidate));
    if (found !== null) return found;
  }
  return null;
}

async function describe(file: RandomAccessFile, options: ReadCubeOptions): Promise<Described> {
  const variables = await listMat5(file);
  const choice = chooseCube(file.path, variables, options);
  const { array } = choice;
  const found = await findWavelengths(file, variables, array.shape);
  const { layout, axes } = await layoutOf(file, choice, found?.length ?? null, options);
  const { bands, height, width } = layout;
  if (bands * height * width === 0) {
    throw new DataError(
      'DATA_EMPTY',
      `${file.path}: '${array.name}' is ${array.shape.join(' x ')}: it has no values`,
    );
  }
  const dtype = dtypeOfVariable(array);
  const info: CubeInfo = {
    bands,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(file.path, bands, found?.length === bands ? found : null, options),
    fullScale: options.fullScale ?? fullScaleOf(dtype),
    name: basename(file.path, extname(file.path)),
    origin: { file: file.path, format: 'mat5', variable: array.name, axes },
    variables: variables.map(({ name, type, shape }) => ({ name, type, shape })),
  };
  return { info, array, layout };
}

/** Doubles that MATLAB stored as integers but that only hold 0 and 1 are already at full scale. */
async function holdsOnlyUnits(cube: () => Promise<CubeValues>, array: Mat5Variable): Promise<boolean> {
  const byte = array.stored === storage.uint8 || array.stored === storage.int8;
  const shrunk = (array.type === 'double' || array.type === 'single') && byte;
  return shrunk && (await cube()).every((value) => value <= 1);
}

async function open(path: string, options: ReadCubeOptions): Promise<CubeReader> {
  const file = await RandomAccessFile.open(path, 'DATA');
  try {
    const { info, array, layout } = await describe(file, options);
    // Unpacked when values are first asked for, and then kept.
    let place: Promise<Mat5Values> | undefined;
    const read = async (window?: CubeWindow): Promise<CubeValues> => {
      const whole = settleWindow(info, window);
      place ??= locateMat5Values(file, array);
      const { source, stored, start } = await place;
      const cube = { ...layout, stored, start, littleEndian: array.littleEndian };
      return readStrided(source, cube, whole, info.dtype);
    };
    if (options.fullScale === undefined && (await holdsOnlyUnits(read, array))) info.fullScale = 1;
    const lines = layout.strides.columns > layout.strides.rows ? 'columns' : 'rows';
    return { info, lines, read, close: () => file.close() };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** MATLAB v5 (`save -v6`, `-v7`, scipy's `savemat`): all numeric classes, compressed or not, both byte orders. */
export const mat5: CubeFormat = {
  id: 'mat5',
  word: 'mat',
  title: 'MATLAB v5',
  extensions: ['.mat'],
  sniff(_path, firstBytes) {
    if (firstBytes === null) return false;
    const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
    if (text.toString('latin1', 0, 10) === 'MATLAB 5.0') return true;
    const mark = text.toString('latin1', 124, 128);
    return mark === '\x00\x01IM' || mark === '\x01\x00MI';
  },
  open,
  create: createMat5,
};
