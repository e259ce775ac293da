import { DataError } from '../../errors.js';
import type { AxisOrder, ReadCubeOptions } from './format.js';

/** An array of a file that can hold several (MATLAB, NPZ, ...): what is needed to pick the cube. */
export interface StoredArray {
  name: string;
  /** As the container calls it: MATLAB's `double`, `struct`, NumPy's `float64`, ... */
  type: string;
  shape: number[];
  numeric: boolean;
  logical: boolean;
  complex: boolean;
}

/** Names under which files keep the centres of their bands. */
export const wavelengthNames: readonly string[] = ['wavelengths', 'wavelength', 'bands', 'lambda', 'wl'];
const usualBands = 31;
/** A cube has more bands than a picture (RGB, RGB and alpha). */
const fewestBands = 5;
/** Pictures with their channels first are told from thin cubes by being at least so high and wide. */
const pictureSide = 32;

function describe(arrays: readonly StoredArray[]): string {
  return arrays.map(({ name, type, shape }) => `${name} (${shape.join(' x ')} ${type})`).join(', ') || 'none';
}

function canBeNumbers({ numeric, logical, complex }: StoredArray): boolean {
  return numeric && !logical && !complex;
}

/** [H, W, 3], or [3, H, W] of some size. */
function isPicture([first = 0, second = 0, third = 0]: readonly number[]): boolean {
  return third < fewestBands || (first < fewestBands && Math.min(second, third) >= pictureSide);
}

/** How the cube lies in the file. */
export type CubeChoice<A extends StoredArray> =
  | { kind: 'array'; array: A }
  /** Pixels in one axis, in MATLAB's order: `nRow` and `nCol` say how they were folded. */
  | { kind: 'flat'; array: A; rows: A; columns: A };

/** A cube stored as a matrix of bands by pixels, with `nRow` and `nCol` beside it. */
function findFlat<A extends StoredArray>(
  arrays: readonly A[],
): { rows: A; columns: A; matrices: A[] } | null {
  const scalar = (name: string) =>
    arrays.find(
      (a) => a.name.toLowerCase() === name && canBeNumbers(a) && a.shape.every((size) => size === 1),
    );
  const [rows, columns] = [scalar('nrow'), scalar('ncol')];
  if (rows === undefined || columns === undefined) return null;
  const matrices = arrays.filter(
    (a) => canBeNumbers(a) && a.shape.length === 2 && Math.min(...a.shape) >= fewestBands,
  );
  return { rows, columns, matrices };
}

function named<A extends StoredArray>(file: string, arrays: readonly A[], name: string): CubeChoice<A> {
  const array = arrays.find((a) => a.name === name);
  if (array === undefined) {
    throw new DataError(
      'DATA_VARIABLE_MISSING',
      `${file}: there is no variable '${name}'; the file holds ${describe(arrays)}`,
    );
  }
  if (!canBeNumbers(array)) {
    const what = array.complex ? 'complex numbers' : array.logical ? 'logical values' : `a ${array.type}`;
    throw new DataError('DATA_TYPE', `${file}: '${name}' holds ${what}; a cube is an array of real numbers`);
  }
  if (array.shape.length === 3) return { kind: 'array', array };
  const flat = findFlat(arrays);
  if (flat?.matrices.includes(array)) return { kind: 'flat', array, rows: flat.rows, columns: flat.columns };
  throw new DataError('DATA_RANK', `${file}: '${name}' is ${array.shape.join(' x ')}; a cube has three axes`);
}

/** Picks the cube: the variable asked for, else the only array of three axes with more than four bands, else the only
 * matrix beside `nRow` and `nCol`.
 * @throws {DataError} `DATA_VARIABLE_MISSING`, `DATA_VARIABLE_AMBIGUOUS`, `DATA_RANK`, `DATA_TYPE`. */
export function chooseCube<A extends StoredArray>(
  file: string,
  arrays: readonly A[],
  { variable }: ReadCubeOptions,
): CubeChoice<A> {
  if (variable !== undefined) return named(file, arrays, variable);
  const cubes = arrays.filter((a) => canBeNumbers(a) && a.shape.length === 3 && !isPicture(a.shape));
  const flat = cubes.length === 0 ? findFlat(arrays) : null;
  const candidates = flat === null ? cubes : flat.matrices;
  const [array, ...others] = candidates;
  if (array === undefined) {
    throw new DataError(
      'DATA_VARIABLE_MISSING',
      `${file}: no cube in it (an array of numbers with three axes and at least ${fewestBands} bands); ` +
        `it holds ${describe(arrays)}`,
    );
  }
  if (others.length > 0) {
    throw new DataError(
      'DATA_VARIABLE_AMBIGUOUS',
      `${file}: several variables can be the cube: ${describe(candidates)}; name one with the option 'variable'`,
    );
  }
  if (flat === null) return { kind: 'array', array };
  return { kind: 'flat', array, rows: flat.rows, columns: flat.columns };
}

/** Arrays that by their name may hold the wavelengths, in order of trust. */
export function wavelengthCandidates<A extends StoredArray>(arrays: readonly A[]): A[] {
  const vectors = arrays.filter((a) => canBeNumbers(a) && a.shape.filter((size) => size !== 1).length <= 1);
  // Arrays of groups are named by their path.
  const own = (a: A) => a.name.toLowerCase().replace(/^.*\//, '');
  return wavelengthNames.flatMap((name) => vectors.filter((a) => own(a) === name));
}

/** Values as nm when they can be wavelengths: nm as they are, micrometers times 1000; null for anything else, such as
 * mere band numbers. */
export function asWavelengths(values: readonly number[]): number[] | null {
  if (values.length === 0) return null;
  if (values.every((v) => v >= 100 && v <= 30000)) return [...values];
  const micrometers = values.every((v) => v >= 0.1 && v <= 30) && values.some((v) => !Number.isInteger(v));
  return micrometers ? values.map((v) => v * 1000) : null;
}

function ambiguousAxes(file: string, name: string, shape: readonly number[], count: number): DataError {
  return new DataError(
    'DATA_AXES_AMBIGUOUS',
    `${file}: '${name}' is ${shape.join(' x ')}, and ${count} of its axes can be the bands; ` +
      "say which with the option 'axes', such as 'hwb' or 'bhw'",
  );
}

const orders: readonly AxisOrder[] = ['bhw', 'hbw', 'hwb'];

/** Settles which axis holds the bands: by option; by the length of the wavelengths; by there being 31; else the field's
 * own order, [H, W, B], or in files of C order [B, H, W] where the first axis is by far the shortest. The answer says which
 * of these it was.
 * @throws {DataError} `DATA_AXES_AMBIGUOUS`, `DATA_AXES`. */
export function settleAxes(
  file: string,
  { name, shape }: { name: string; shape: readonly number[] },
  wavelengthCount: number | null,
  { axes }: ReadCubeOptions,
  fileOrder: 'matlab' | 'c' = 'matlab',
): { order: AxisOrder; axes: string } {
  const stated = (order: AxisOrder, why: string) => ({
    order,
    axes: `[${[...order.toUpperCase()].join(', ')}] (${why})`,
  });
  if (axes !== undefined) {
    if ([...axes].sort().join('') !== 'bhw') {
      throw new DataError(
        'DATA_AXES',
        `'${axes}' is not an order of axes: use each of h, w and b once, as in 'hwb'`,
      );
    }
    return stated(axes, 'as asked');
  }
  const rules: [size: number | null, why: string][] = [
    [wavelengthCount, `${wavelengthCount} wavelengths`],
    [usualBands, `${usualBands} bands`],
  ];
  for (const [size, why] of rules) {
    const fitting = orders.filter((_, axis) => shape[axis] === size);
    const [only] = fitting;
    if (fitting.length > 1) throw ambiguousAxes(file, name, shape, fitting.length);
    if (only !== undefined) return stated(only, why);
  }
  const [first = 0, second = 0, third = 0] = shape;
  if (fileOrder === 'c' && 2 * first < Math.min(second, third)) {
    return stated('bhw', 'the first axis is by far the shortest');
  }
  return stated('hwb', "the field's order, as no size tells");
}
