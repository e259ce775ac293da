import { basename, extname } from 'node:path';
import { DataError } from '../../errors.js';
import { RandomAccessFile } from '../../io/file.js';
import { axesOf, exactDoubles, toBandMajor } from '../band-major.js';
import { type CubeData, type CubeDType, type CubeInfo, fullScaleOf } from '../cube.js';
import { type CubeFormat, type ReadCubeOptions, settleWavelengths } from './format.js';
import { storage } from './mat5-elements.js';
import { listMat5, type Mat5Variable, readMat5Values } from './mat5-variables.js';
import { writeMat5 } from './mat5-writer.js';
import {
  asWavelengths,
  chooseCube,
  type MatCubeChoice,
  settleAxes,
  wavelengthCandidates,
} from './mat-cube.js';

const byClass: Record<string, CubeDType> = {
  int8: 'int16',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'float64',
  int64: 'float64',
  uint64: 'float64',
};

const byStorage = new Map<number, CubeDType>([
  [storage.int8, 'int16'],
  [storage.uint8, 'uint8'],
  [storage.int16, 'int16'],
  [storage.uint16, 'uint16'],
  [storage.single, 'float32'],
]);

/** Integer classes keep their type. MATLAB stores doubles that are all whole as the smallest integer that fits: those
 * stay integers too, as the values are. */
function dtypeOfVariable({ type, stored }: Mat5Variable): CubeDType {
  return byClass[type] ?? byStorage.get(stored) ?? 'float64';
}

async function numbers(file: RandomAccessFile, variable: Mat5Variable): Promise<number[]> {
  return Array.from(await readMat5Values(file, variable), Number);
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
  choice: MatCubeChoice<Mat5Variable>,
  wavelengthCount: number | null,
  options: ReadCubeOptions,
): Promise<{ layout: ReturnType<typeof axesOf>; axes: string }> {
  const { array } = choice;
  if (choice.kind === 'flat') {
    const [rows = 0] = await numbers(file, choice.rows);
    const [columns = 0] = await numbers(file, choice.columns);
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
    const found = asWavelengths(await numbers(file, candidate));
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
function scaleOfValues(array: Mat5Variable, cube: CubeData, options: ReadCubeOptions): number {
  const shrunk = (array.type === 'double' || array.type === 'single') && cube.fullScale !== 1;
  if (options.fullScale !== undefined || !shrunk) return cube.fullScale;
  return cube.data.every((value) => value <= 1) ? 1 : cube.fullScale;
}

async function read(path: string, options: ReadCubeOptions = {}): Promise<CubeData> {
  return RandomAccessFile.use(path, 'DATA', async (file) => {
    const { info, array, layout } = await describe(file, options);
    const stored = await readMat5Values(file, array);
    const big = stored instanceof BigInt64Array || stored instanceof BigUint64Array;
    const source = big ? exactDoubles(path, stored) : stored;
    const { variables: _, ...facts } = info;
    const cube = { ...facts, data: await toBandMajor(source, layout, info.dtype) };
    return { ...cube, fullScale: scaleOfValues(array, cube, options) };
  });
}

/** MATLAB v5 (`save -v6`, `-v7`, scipy's `savemat`): all numeric classes, compressed or not, both byte orders. */
export const mat5: CubeFormat = {
  id: 'mat5',
  title: 'MATLAB v5',
  extensions: ['.mat'],
  sniff(_path, firstBytes) {
    if (firstBytes === null) return false;
    const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
    if (text.toString('latin1', 0, 10) === 'MATLAB 5.0') return true;
    const mark = text.toString('latin1', 124, 128);
    return mark === '\x00\x01IM' || mark === '\x01\x00MI';
  },
  info: (path, options = {}) =>
    RandomAccessFile.use(path, 'DATA', async (file) => (await describe(file, options)).info),
  read,
  write: writeMat5,
};
