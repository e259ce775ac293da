import {
  allocateValues,
  type CubeDType,
  type CubeInfo,
  type CubeValues,
  fullScaleOf,
} from '../data/index.js';
import { DataError } from '../errors.js';

/** Least and greatest value of each whole-number dtype. */
const limits: Partial<Record<CubeDType, readonly [number, number]>> = {
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
};

/** What became of values that a type cannot hold. */
export interface Losses {
  /** Cut to the least or greatest value of the type. */
  clipped: number;
  /** NaN or infinite, written as 0. */
  notFinite: number;
}

/** How values of one dtype become those of another. */
export interface TypeChange {
  readonly losses: Losses;
  convert(values: CubeValues): CubeValues;
}

/** Values scaled from their full scale to that of another dtype; the ignore value stays the number it is.
 * @throws {DataError} `DATA_RANGE` when the dtype cannot hold the ignore value. */
export function scaledTo(dtype: CubeDType, cube: CubeInfo): TypeChange {
  const factor = fullScaleOf(dtype) / cube.fullScale;
  const losses = { clipped: 0, notFinite: 0 };
  const range = limits[dtype];
  const { ignoreValue: ignore } = cube;
  if (ignore !== undefined && range !== undefined && !fits(ignore, range)) {
    throw new DataError(
      'DATA_RANGE',
      `${cube.origin.file}: its ignore value ${ignore} is no ${dtype}; write float32, or a type that holds it`,
    );
  }
  const convert = (values: CubeValues): CubeValues => {
    const result = allocateValues(dtype, values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value === ignore) result[i] = value;
      else if (range === undefined) result[i] = value * factor;
      else if (!Number.isFinite(value)) losses.notFinite++;
      else {
        const scaled = Math.round(value * factor);
        const kept = Math.min(range[1], Math.max(range[0], scaled));
        if (kept !== scaled) losses.clipped++;
        result[i] = kept;
      }
    }
    return result;
  };
  return { losses, convert };
}

/** The same numbers in another dtype.
 * @throws {DataError} from `convert`: `DATA_RANGE` for a number that the dtype does not hold. */
export function renumberedTo(dtype: CubeDType, { origin }: CubeInfo): TypeChange {
  const range = limits[dtype];
  const convert = (values: CubeValues): CubeValues => {
    const result = allocateValues(dtype, values.length);
    result.set(values);
    const lost = range === undefined ? -1 : values.findIndex((value) => !fits(value, range));
    if (lost < 0) return result;
    throw new DataError(
      'DATA_RANGE',
      `${origin.file}: the value ${values[lost]} is no ${dtype}; leave 'unscaled' out to scale values, or choose another type`,
    );
  };
  return { losses: { clipped: 0, notFinite: 0 }, convert };
}

function fits(value: number, [least, most]: readonly [number, number]): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
