import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../../errors.js';
import {
  makeFolder,
  removeStaleTemporaries,
  syncFolder,
  temporaryName,
  writeError,
} from '../../io/atomic-write.js';
import type { CubeData } from '../cube.js';
import type { WriteCubeOptions } from './format.js';

/** A band as 8- or 16-bit grey: unsigned integers as they are, everything else scaled by full scale, clipped to [0, 1]
 * and rounded to 16 bits. */
function greyOf(cube: CubeData, band: number): Uint8Array | Uint16Array {
  const plane = cube.height * cube.width;
  const values = cube.data.subarray(band * plane, (band + 1) * plane);
  if (values instanceof Uint8Array || values instanceof Uint16Array) return values;
  const grey = new Uint16Array(plane);
  for (let i = 0; i < plane; i++) {
    const unit = (values[i] ?? 0) / cube.fullScale;
    grey[i] = Math.round(Math.min(1, Math.max(0, unit)) * 65535);
  }
  return grey;
}

async function encode(grey: Uint8Array | Uint16Array, width: number, height: number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const space = grey instanceof Uint16Array ? 'grey16' : 'b-w';
  return sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace(space)
    .png()
    .toBuffer();
}

async function isFree(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw writeError(folder, cause);
  });
  return names.length === 0;
}

/** Puts `fresh` in the place of `folder`; what was there goes only once the new one is in place. */
async function replaceFolder(fresh: string, folder: string): Promise<void> {
  const old = `${fresh}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
  try {
    await rename(fresh, folder);
  } catch (cause) {
    await rename(old, folder).catch(() => undefined);
    throw cause;
  }
  await rm(old, { recursive: true, force: true });
}

/** Writes a cube as `<folder>/<folder name>_01.png`, ... The folder appears whole or not at all; floats become 16 bits
 * by full scale, values beyond [0, 1] are clipped.
 * @throws {DataError} `DATA_EXISTS` when the folder holds files and `overwrite` is not set; `DATA_WRITE`.
 * @throws {RunError} `RUN_DISK_FULL`. */
export async function writePngFolder(
  path: string,
  cube: CubeData,
  options: WriteCubeOptions = {},
): Promise<void> {
  const folder = resolve(path);
  if (options.overwrite !== true && !(await isFree(folder))) {
    throw new DataError(
      'DATA_EXISTS',
      `${path}: the folder is not empty; choose another, or ask for overwriting`,
    );
  }
  const temporary = temporaryName(folder);
  try {
    await makeFolder(dirname(folder));
    await removeStaleTemporaries(folder);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
    for (let band = 0; band < cube.bands; band++) {
      const name = `${basename(folder)}_${String(band + 1).padStart(2, '0')}.png`;
      const png = await encode(greyOf(cube, band), cube.width, cube.height);
      await writeFile(join(temporary, name), png, { flush: true });
    }
    await replaceFolder(temporary, folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw writeError(path, cause);
  }
}
