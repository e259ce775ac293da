import type { CubeStrides } from '../../../../ts/data/band-major.js';
import type { CubeData, CubeDType, CubeValues } from '../../../../ts/data/cube.js';
import type { StoredType } from '../../../../ts/data/formats/stored-types.js';

/** Sizes of the cubes that tests make: all different, none 31. */
export const sizes = { bands: 7, height: 5, width: 6 };
const count = sizes.bands * sizes.height * sizes.width;

/** Each stored type with its width, and how a value is put at a place. */
export const storedTypes: Readonly<
  Record<StoredType, { width: number; put: (view: DataView, at: number, value: number, le: boolean) => void }>
> = {
  int8: { width: 1, put: (view, at, value) => view.setInt8(at, value) },
  uint8: { width: 1, put: (view, at, value) => view.setUint8(at, value) },
  int16: { width: 2, put: (view, at, value, le) => view.setInt16(at, value, le) },
  uint16: { width: 2, put: (view, at, value, le) => view.setUint16(at, value, le) },
  int32: { width: 4, put: (view, at, value, le) => view.setInt32(at, value, le) },
  uint32: { width: 4, put: (view, at, value, le) => view.setUint32(at, value, le) },
  int64: { width: 8, put: (view, at, value, le) => view.setBigInt64(at, BigInt(value), le) },
  uint64: { width: 8, put: (view, at, value, le) => view.setBigUint64(at, BigInt(value), le) },
  // Of halves only whole numbers from 1 to 2047 are put.
  float16: { width: 2, put: (view, at, value, le) => view.setUint16(at, halfBits(value), le) },
  float32: { width: 4, put: (view, at, value, le) => view.setFloat32(at, value, le) },
  float64: { width: 8, put: (view, at, value, le) => view.setFloat64(at, value, le) },
};

function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024);
}

/** Values of a cube, band-major, that every type can hold. */
export const ramp: number[] = Array.from({ length: count }, (_, i) => (i * 37) % 128);

/** The ramp as a file has it: the bytes of `stored`, at distances `strides`. */
export function storedRamp(strides: CubeStrides, stored: StoredType, littleEndian: boolean): Buffer {
  const { width, put } = storedTypes[stored];
  const bytes = new DataView(new ArrayBuffer(width * count));
  ramp.forEach((value, i) => {
    const column = i % sizes.width;
    const row = Math.floor(i / sizes.width) % sizes.height;
    const band = Math.floor(i / sizes.width / sizes.height);
    const at = band * strides.bands + row * strides.rows + column * strides.columns;
    put(bytes, at * width, value, littleEndian);
  });
  return Buffer.from(bytes.buffer);
}

const made = {
  uint8: Uint8Array.from(ramp),
  uint16: Uint16Array.from(ramp, (value) => value * 500),
  int16: Int16Array.from(ramp, (value) => value * 250 - 16000),
  int32: Int32Array.from(ramp, (value) => value * 1e7 - 6e8),
  float32: Float32Array.from(ramp, (value, i) => (i === 3 ? Number.NaN : value / 7)),
  float64: Float64Array.from(ramp, (value, i) => (i === 5 ? -Infinity : value / 7)),
} satisfies Record<CubeDType, CubeValues>;

/** A cube of each dtype. */
export function madeCube(dtype: CubeDType, facts: Partial<CubeData> = {}): CubeData {
  return {
    data: made[dtype],
    dtype,
    ...sizes,
    wavelengths: Array.from({ length: sizes.bands }, (_, band) => 400 + 12.5 * band),
    fullScale: 1,
    name: 'made',
    origin: { file: 'made', format: 'test' },
    ...facts,
  };
}

export const dtypes = Object.keys(made) as CubeDType[];
