import { basename, extname } from 'node:path';
import { DataError } from '../../../errors.js';
import { axesOf } from '../../band-major.js';
import { type CubeDType, type CubeInfo, fullScaleOf } from '../../cube.js';
import { type AxisOrder, type ReadCubeOptions, settleWavelengths } from '../format.js';
import {
  asWavelengths,
  chooseCube,
  type StoredArray,
  type CubeChoice,
  settleAxes,
  wavelengthCandidates,
} from '../cube-choice.js';

/** A file of named arrays, of whatever container. */
export interface MatFile<A extends StoredArray> {
  path: string;
  /** Id of the format. */
  format: string;
  arrays: readonly A[];
  /** How shapes are to be understood: MATLAB's first index changes fastest, C's last one does. */
  order: 'matlab' | 'c';
  dtypeOf(array: A): CubeDType;
  /** All values of a small array. */
  numbersOf(array: A): Promise<ArrayLike<number>>;
  /** Wavelengths that the file keeps beside the array, and not as an array of their own. */
  attached?(array: A): number[] | null;
}

/** Sizes of a cube, and the distances of its neighbours in the file. */
export type MatLayout = ReturnType<typeof axesOf>;

/** Everything about the cube of a file but its values. */
export interface Described<A extends StoredArray> {
  info: CubeInfo;
  array: A;
  layout: MatLayout;
  /** Order of the axes as the shape lists them; null for a cube whose pixels are one axis. */
  order: AxisOrder | null;
}

function layoutOfFlat(file: string, array: StoredArray, rows: number, columns: number): MatLayout {
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

async function layoutOf<A extends StoredArray>(
  { path, numbersOf, order: fileOrder }: MatFile<A>,
  choice: CubeChoice<A>,
  wavelengthCount: number | null,
  options: ReadCubeOptions,
): Promise<Pick<Described<A>, 'layout' | 'order'> & { axes: string }> {
  const { array } = choice;
  if (choice.kind === 'flat') {
    const { 0: rows = 0 } = await numbersOf(choice.rows);
    const { 0: columns = 0 } = await numbersOf(choice.columns);
    const layout = layoutOfFlat(path, array, rows, columns);
    const axes = `[${layout.bands === array.shape[0] ? 'B, W*H' : 'W*H, B'}] (nRow and nCol)`;
    return { layout, order: null, axes };
  }
  const { order, axes } = settleAxes(path, array, wavelengthCount, options, fileOrder);
  const [first = 0, second = 0, third = 0] = array.shape;
  const layout = axesOf([first, second, third], order, fileOrder === 'matlab' ? 'fortran' : 'c');
  return { layout, order, axes };
}

/** The first candidate whose values can be wavelengths and whose length is that of an axis of the cube. */
async function findWavelengths<A extends StoredArray>(file: MatFile<A>, cube: A): Promise<number[] | null> {
  const attached = asWavelengths(file.attached?.(cube) ?? []);
  if (attached !== null && cube.shape.includes(attached.length)) return attached;
  for (const candidate of wavelengthCandidates(file.arrays)) {
    const count = candidate.shape.reduce((product, size) => product * size, 1);
    if (!cube.shape.includes(count)) continue;
    const found = asWavelengths(Array.from(await file.numbersOf(candidate)));
    if (found !== null) return found;
  }
  return null;
}

/** Picks the cube of a file, settles its axes and finds its wavelengths.
 * @throws {DataError} `DATA_VARIABLE_MISSING`, `DATA_VARIABLE_AMBIGUOUS`, `DATA_RANK`, `DATA_TYPE`, `DATA_AXES`,
 * `DATA_AXES_AMBIGUOUS`, `DATA_SIZE_MISMATCH`, `DATA_EMPTY`, `DATA_WAVELENGTHS`. */
export async function describeMatCube<A extends StoredArray>(
  file: MatFile<A>,
  options: ReadCubeOptions,
): Promise<Described<A>> {
  const { path, arrays } = file;
  const choice = chooseCube(path, arrays, options);
  const { array } = choice;
  const found = await findWavelengths(file, array);
  const { layout, order, axes } = await layoutOf(
    file,
    choice,
    (options.wavelengths ?? found)?.length ?? null,
    options,
  );
  const { bands, height, width } = layout;
  if (bands * height * width === 0) {
    throw new DataError(
      'DATA_EMPTY',
      `${path}: '${array.name}' is ${array.shape.join(' x ')}: it has no values`,
    );
  }
  const dtype = file.dtypeOf(array);
  const info: CubeInfo = {
    bands,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(path, bands, found?.length === bands ? found : null, options),
    fullScale: options.fullScale ?? fullScaleOf(dtype),
    name: basename(path, extname(path)),
    origin: { file: path, format: file.format, variable: array.name, axes },
    variables: arrays.map(({ name, type, shape }) => ({ name, type, shape })),
  };
  return { info, array, layout, order };
}
