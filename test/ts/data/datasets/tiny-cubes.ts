import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import sharp from 'sharp';
import { type CubeValues, writeCube } from '../../../../ts/data/index.js';

/** What a cube of a test is made of. */
export interface TinyCube {
  bands: number;
  height: number;
  width: number;
  data: CubeValues;
  wavelengths?: number[] | null;
  variable?: string;
}

/** Writes a cube, folders above it included; `.mat` is MATLAB v5, whatever the real set has: containers are told by content. */
export async function writeTiny(path: string, { variable = 'cube', ...cube }: TinyCube): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const dtype =
    cube.data instanceof Uint16Array
      ? 'uint16'
      : cube.data instanceof Uint8Array
        ? 'uint8'
        : cube.data instanceof Int16Array
          ? 'int16'
          : 'float32';
  const whole = {
    wavelengths: null,
    ...cube,
    dtype,
    fullScale: 1,
    name: basename(path, extname(path)),
    origin: { file: 'made', format: 'test' },
  } as const;
  await writeCube(path, whole, { variable });
  return path;
}

/** A ramp of floats, 31 bands of 6 x 5, up to `most`. */
export function ramp(most = 1, bands = 31): TinyCube {
  const [height, width] = [6, 5];
  const length = bands * height * width;
  return { bands, height, width, data: Float32Array.from({ length }, (_, i) => (most * (i + 1)) / length) };
}

/** Writes an 8-bit picture: by its ending PNG, JPEG or TIFF. */
export async function writePicture(
  path: string,
  { height, width, data }: { height: number; width: number; data?: Uint8Array },
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const values = data ?? new Uint8Array(height * width * 3).fill(90);
  const picture = sharp(values, { raw: { width, height, channels: 3 } });
  await writeFile(
    path,
    await picture
      .toFormat(/\.jpe?g$/i.test(path) ? 'jpeg' : /\.tiff?$/i.test(path) ? 'tiff' : 'png', {
        quality: 100,
      })
      .toBuffer(),
  );
  return path;
}
