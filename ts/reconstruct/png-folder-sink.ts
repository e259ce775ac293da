import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../errors.js';
import {
  makeFolder,
  removeStaleTemporaries,
  syncFolder,
  temporaryName,
  writeError,
} from '../io/atomic-write.js';
import { GreyPngWriter } from './grey-png-writer.js';
import type { CubeSink, SinkPlan } from './sink.js';

interface Band {
  file: FileHandle;
  png: GreyPngWriter;
}

/** A cube as a folder of 16-bit grey PNGs, `<folder>/<folder name>_01.png`, ..., value * 65535, written row by row. The folder
 * appears whole, at `finish`, or not at all. */
export class PngFolderSink implements CubeSink {
  readonly lines = 'rows';

  private constructor(
    private readonly folder: string,
    private readonly temporary: string,
    private readonly bands: readonly Band[],
    private readonly width: number,
  ) {}

  /** @throws {DataError} `DATA_EXISTS` when the folder holds files, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
  static async open(path: string, { bands: count, height, width }: SinkPlan): Promise<PngFolderSink> {
    const folder = resolve(path);
    const temporary = temporaryName(folder);
    const bands: Band[] = [];
    try {
      const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return [];
        throw cause;
      });
      if (names.length > 0) {
        throw new DataError('DATA_EXISTS', `${path}: the folder is not empty; choose another --out`);
      }
      await makeFolder(dirname(folder));
      await removeStaleTemporaries(folder);
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary);
      for (let band = 1; band <= count; band++) {
        const name = `${basename(folder)}_${String(band).padStart(2, '0')}.png`;
        const file = await open(join(temporary, name), 'wx');
        bands.push({ file, png: await GreyPngWriter.open(file, width, height) });
      }
      return new PngFolderSink(folder, temporary, bands, width);
    } catch (cause) {
      await Promise.all(bands.map(({ file }) => file.close()));
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
      throw writeError(path, cause);
    }
  }

  async write(_start: number, count: number, values: Float32Array): Promise<void> {
    const plane = count * this.width;
    try {
      for (const [band, { png }] of this.bands.entries()) {
        await png.writeRows(sixteenBits(values.subarray(band * plane, (band + 1) * plane)));
      }
    } catch (cause) {
      throw writeError(this.folder, cause);
    }
  }

  async finish(): Promise<void> {
    try {
      for (const { file, png } of this.bands) {
        await png.finish();
        await file.sync();
        await file.close();
      }
      await rm(this.folder, { recursive: true, force: true });
      await rename(this.temporary, this.folder);
      await syncFolder(dirname(this.folder));
    } catch (cause) {
      await this.abort();
      throw writeError(this.folder, cause);
    }
  }

  async abort(): Promise<void> {
    await Promise.all(this.bands.map(({ file }) => file.close().catch(() => undefined)));
    await rm(this.temporary, { recursive: true, force: true });
  }
}

/** Values of [0, 1] as 0 to 65535, rounded; what lies outside is clipped. */
function sixteenBits(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  values.forEach((value, index) => {
    bits[index] = Math.round(Math.min(1, Math.max(0, value)) * 65535);
  });
  return bits;
}
