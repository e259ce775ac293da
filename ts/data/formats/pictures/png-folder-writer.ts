import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../../../errors.js';
import {
  makeFolder,
  removeStaleTemporaries,
  syncFolder,
  temporaryName,
  writeError,
} from '../../../io/atomic-write.js';
import { type CubeValues, fullScaleOf } from '../../cube.js';
import type { CubePlan, CubeWriter, WriteCubeOptions } from '../format.js';
import { GreyPngWriter } from './grey-png-writer.js';
import { LineCheck } from '../lines.js';

/** Bands coded at a time. */
const inFlight = 4;

interface Band {
  file: FileHandle;
  png: GreyPngWriter;
}

/** Values as 8- or 16-bit grey: unsigned integers as they are, everything else scaled by full scale, clipped to [0, 1]
 * and rounded to 16 bits. */
function greyOf(values: CubeValues, fullScale: number): Uint8Array | Uint16Array {
  if (values instanceof Uint8Array || values instanceof Uint16Array) return values;
  const grey = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const unit = (values[i] ?? 0) / fullScale;
    grey[i] = Math.round(Math.min(1, Math.max(0, unit)) * 65535);
  }
  return grey;
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

async function openBands(temporary: string, folder: string, plan: CubePlan): Promise<Band[]> {
  const bands: Band[] = [];
  const bits = plan.dtype === 'uint8' ? 8 : 16;
  try {
    for (let band = 1; band <= plan.bands; band++) {
      const name = `${basename(folder)}_${String(band).padStart(2, '0')}.png`;
      const file = await open(join(temporary, name), 'wx');
      bands.push({ file, png: await GreyPngWriter.open(file, plan.width, plan.height, bits) });
    }
    return bands;
  } catch (cause) {
    await Promise.all(bands.map(({ file }) => file.close()));
    throw cause;
  }
}

class PngFolderWriter implements CubeWriter {
  readonly lines = 'rows';
  private readonly check: LineCheck;
  private readonly fullScale: number;

  constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly bands: readonly Band[],
    plan: CubePlan,
  ) {
    this.check = new LineCheck(path, plan, 'rows');
    this.fullScale = plan.fullScale ?? fullScaleOf(plan.dtype);
  }

  async write(start: number, count: number, values: CubeValues): Promise<void> {
    this.check.next(start, count, values);
    const plane = values.length / this.bands.length;
    const writeBand = ({ png }: Band, band: number): Promise<void> =>
      png.writeRows(greyOf(values.subarray(band * plane, (band + 1) * plane), this.fullScale));
    try {
      for (let first = 0; first < this.bands.length; first += inFlight) {
        const some = this.bands.slice(first, first + inFlight);
        await Promise.all(some.map((band, i) => writeBand(band, first + i)));
      }
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }

  async finish(): Promise<void> {
    const folder = resolve(this.path);
    try {
      this.check.whole();
      for (const { file, png } of this.bands) {
        await png.finish();
        await file.sync();
        await file.close();
      }
      await replaceFolder(this.temporary, folder);
      await syncFolder(dirname(folder));
    } catch (cause) {
      await this.abort();
      throw writeError(this.path, cause);
    }
  }

  async abort(): Promise<void> {
    await Promise.all(this.bands.map(({ file }) => file.close().catch(() => undefined)));
    await rm(this.temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Begins a cube as `<folder>/<folder name>_01.png`, ... The folder appears whole or not at all; floats become 16 bits
 * by full scale, values beyond [0, 1] are clipped.
 * @throws {DataError} `DATA_EXISTS` when the folder holds files and `overwrite` is not set; `DATA_WRITE`.
 * @throws {RunError} `RUN_DISK_FULL`. */
export async function createPngFolder(
  path: string,
  plan: CubePlan,
  { overwrite = false }: WriteCubeOptions,
): Promise<CubeWriter> {
  const folder = resolve(path);
  if (!overwrite && !(await isFree(folder))) {
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
    const bands = await openBands(temporary, folder, plan);
    return new PngFolderWriter(path, temporary, bands, plan);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw writeError(path, cause);
  }
}
