import { basename, extname } from 'node:path';
import { DataError } from '../../../errors.js';
import { axesOf } from '../../band-major.js';
import { type CubeInfo, fullScaleOf } from '../../cube.js';
import { settleAxes } from '../cube-choice.js';
import { type CubeReader, type ReadCubeOptions, settleWavelengths, settleWindow } from '../format.js';
import { type NpyHeader, npyTypeName } from './npy-header.js';
import { checkRawLayout } from '../raw-layout.js';
import { dtypeOfStored, type StoredType, storedWidth } from '../stored-types.js';
import { type ByteSource, readStrided } from '../strided.js';

/** Bytes of which it is known how many there are. */
export interface SizedSource extends ByteSource {
  readonly size: number;
}

/** A `.npy`, by itself or in a `.npz`. */
export interface NpyArray {
  header: NpyHeader;
  /** Starts with the header. Of an array in a zip: called when values are first wanted. */
  source: () => Promise<SizedSource>;
  /** Bytes of the source. */
  size: number;
  file: string;
  /** Of the array, in errors. */
  name: string;
}

/** Sizes and strides of the array as a cube.
 * @throws {DataError} `DATA_RANK`, `DATA_TYPE`, `DATA_EMPTY`, `DATA_TRUNCATED`, and those of `settleAxes`. */
function layoutOf({ file, name, header, size }: NpyArray, waves: number | null, options: ReadCubeOptions) {
  const { shape, stored, fortranOrder, start, littleEndian } = header;
  if (stored === null) {
    throw new DataError(
      'DATA_TYPE',
      `${file}: '${name}' holds ${npyTypeName(header)}; a cube is an array of real numbers`,
    );
  }
  const [first, second, third, ...more] = shape;
  if (first === undefined || second === undefined || third === undefined || more.length > 0) {
    const found = shape.join(' x ') || 'a single value';
    throw new DataError('DATA_RANK', `${file}: '${name}' is ${found}; a cube has three axes`);
  }
  const { order, axes } = settleAxes(file, { name, shape }, waves, options);
  const layout = axesOf([first, second, third], order, fortranOrder ? 'fortran' : 'c');
  checkRawLayout(file, { ...layout, bytesPerValue: storedWidth(stored), start }, { path: file, size });
  return { cube: { ...layout, stored, start, littleEndian }, axes };
}

/** Full scale: that of the dtype, but logical values are 0 and 1. */
function scaleOf({ descr }: NpyHeader, stored: StoredType): number {
  return descr === 'b1' ? 1 : fullScaleOf(dtypeOfStored(stored));
}

/** An array of a `.npy` as an open cube.
 * @param found what the file adds: its wavelengths, and facts that stand in the info as they are.
 * @throws {DataError} `DATA_RANK`, `DATA_TYPE`, `DATA_EMPTY`, `DATA_TRUNCATED`, `DATA_WAVELENGTHS`, `DATA_AXES_AMBIGUOUS`. */
export function npyCube(
  array: NpyArray,
  options: ReadCubeOptions,
  found: { format: string; wavelengths: number[] | null; facts?: Partial<CubeInfo>; variable?: string },
  close: () => Promise<void>,
): CubeReader {
  const { file, header } = array;
  const waves = options.wavelengths ?? found.wavelengths;
  const { cube, axes } = layoutOf(array, waves?.length ?? null, options);
  const { bands, height, width, stored, strides } = cube;
  const dtype = dtypeOfStored(stored);
  const own = found.wavelengths?.length === bands ? found.wavelengths : null;
  const variable = found.variable === undefined ? {} : { variable: found.variable };
  const info: CubeInfo = {
    bands,
    height,
    width,
    dtype,
    wavelengths: settleWavelengths(file, bands, own, options),
    fullScale: options.fullScale ?? scaleOf(header, stored),
    name: basename(file, extname(file)),
    origin: { file, format: found.format, ...variable, axes },
    ...found.facts,
  };
  return {
    info,
    lines: strides.columns > strides.rows ? 'columns' : 'rows',
    read: async (window) => readStrided(await array.source(), cube, settleWindow(info, window), dtype),
    close,
  };
}
