import { constants } from 'node:buffer';
import type { DType } from '../native/types.js';

/** Typed arrays a cube's values come in. 8-bit signed, 32- and 64-bit unsigned and 64-bit signed integers of a file
 * are widened to the next type here that holds every value exactly. */
export type CubeValues = Uint8Array | Uint16Array | Int16Array | Int32Array | Float32Array | Float64Array;
/** The dtypes that {@link CubeValues} stand for. */
export type CubeDType = Extract<DType, 'uint8' | 'uint16' | 'int16' | 'int32' | 'float32' | 'float64'>;

/** Where values came from: written into every result made of them. */
export interface Origin {
  /** The file, or the folder where a cube is a folder of bands. */
  file: string;
  /** Id of the format that read it (`mat5`, `png-folder`, ...). */
  format: string;
  /** Name of the array inside the file, where files hold several. */
  variable?: string;
  /** How the stored axes were read, and what settled it: `[H, W, B] (31 bands)`. */
  axes?: string;
}

/** Where a cube lies on the map. The first pixel's outer corner is at (`x`, `y`); rows run along -y, columns along x
 * (turned by `rotation`). */
export interface Georeference {
  x: number;
  y: number;
  /** Size of a pixel in units of the map, above 0. */
  pixelWidth: number;
  pixelHeight: number;
  /** Degrees, counter-clockwise; absent: none. */
  rotation?: number;
  /** EPSG code of the coordinate system; null where the file does not say. */
  epsg: number | null;
  /** The coordinate system as well-known text; null where the file does not say. */
  wkt: string | null;
  /** ENVI's own `map info`, kept word for word. */
  mapInfo?: string[];
  /** GeoTIFF's own keys, kept as they are. */
  geoKeys?: Record<string, number | string>;
}

/** What can be told of a cube without reading its values. */
export interface CubeInfo {
  bands: number;
  height: number;
  width: number;
  dtype: CubeDType;
  /** Centre of each band in nm, in band order; null where the file does not say. */
  wavelengths: number[] | null;
  /** Dividing by it brings values to [0, 1]: 65535 for uint16, 255 for uint8, 1 for floats, unless the file or an option
   * says otherwise. */
  fullScale: number;
  name: string;
  origin: Origin;
  /** The value that stands for "nothing was measured here"; absent where the file names none. */
  ignoreValue?: number;
  /** Bands, counted from 0, that the file marks as bad; absent where it marks none. */
  badBands?: number[];
  georeference?: Georeference;
  /** Short texts of the file: what made it, descriptions. */
  notes?: Record<string, string>;
  /** Every array of a file that can hold several, the one described included. */
  variables?: { name: string; type: string; shape: number[] }[];
}

/** A hyperspectral cube as a reader gives it: band-major `[bands, height, width]`, values as stored. */
export interface CubeData extends Omit<CubeInfo, 'variables'> {
  data: CubeValues;
}

/** What the three channels of an RGB image mean: sRGB-coded, linear with sRGB primaries, or a camera's own space. */
export type RgbKind = 'srgb' | 'linear' | 'camera';

/** An RGB image, band-major `[3, height, width]`, values as stored. */
export interface RgbData extends Omit<CubeData, 'bands' | 'wavelengths'> {
  bands: 3;
  wavelengths: null;
  kind: RgbKind;
}

const constructors = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const scales: Record<CubeDType, number> = {
  uint8: 255,
  uint16: 65535,
  int16: 32767,
  int32: 2147483647,
  float32: 1,
  float64: 1,
};

/** The largest value of an integer dtype, 1 for floats. */
export function fullScaleOf(dtype: CubeDType): number {
  return scales[dtype];
}

/** Bytes of one value. */
export function bytesPerValue(dtype: CubeDType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

/** An array of zeros. */
export function allocateValues(dtype: CubeDType, length: number): CubeValues {
  return new constructors[dtype](length);
}

/** An array of whatever lay in that memory: for those who fill all of it, or throw it away. */
export function unsetValues(dtype: CubeDType, length: number): CubeValues {
  const bytes = length * bytesPerValue(dtype);
  if (bytes > constants.MAX_LENGTH) return allocateValues(dtype, length);
  return new constructors[dtype](Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer);
}

/** The dtype that a typed array stands for. */
export function dtypeOf(values: CubeValues): CubeDType {
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Int16Array) return 'int16';
  if (values instanceof Int32Array) return 'int32';
  if (values instanceof Float32Array) return 'float32';
  return 'float64';
}

/** Lets the event loop turn between two pieces of a long copy. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Values in one of the three types that the native scene store holds, with the number that divides them to [0, 1].
 * uint8, uint16 and float32 pass through; int16, int32 and float64 become float32. */
export function sceneValues(cube: Pick<CubeData, 'data' | 'fullScale'>): {
  values: Uint8Array | Uint16Array | Float32Array;
  scale: number;
} {
  const { data, fullScale } = cube;
  const direct = data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array;
  return { values: direct ? data : Float32Array.from(data), scale: fullScale };
}
