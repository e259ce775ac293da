import { resolve } from 'node:path';
import { DataError } from '../../../errors.js';
import type { CubeValues } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import { halvesOf, joinedHalves } from './hdf5-halves.js';
import type { Hdf5Cube, Hdf5Dataset, Hdf5Handle, Hdf5Listing, Hdf5Work } from './hdf5-work.js';
import type { StoredType } from '../stored-types.js';
import { storedWidth } from '../stored-types.js';
import { WorkThread } from '../work-thread.js';

const worker = new URL('./hdf5-worker.js', import.meta.url);
/** One thread for all HDF5 files. */
const thread = new WorkThread<Hdf5Work>(worker);
/** Unpacks the second half of what is large. */
const second = new WorkThread<Hdf5Work>(worker);
let opened = 0;

/** Deflate makes at most so many bytes of one. */
const largestInflation = 1032;
/** A sparse file may hold fewer bytes than its arrays have values. */
const sparseBytes = 2 ** 26;
/** The library's memory: 2 GiB, less what it needs itself. */
const largestChunk = 2 ** 30;

/** An HDF5 file, open in a thread of its own. */
export class Hdf5File {
  private usesSecond = false;

  private constructor(
    /** As the caller named it. */
    readonly path: string,
    private readonly handle: Hdf5Handle,
    readonly listing: Hdf5Listing,
  ) {}

  /** Opens and lists a file; to be closed.
   * @throws {DataError} `DATA_DAMAGED`, `DATA_UNSUPPORTED`. */
  static async open(path: string): Promise<Hdf5File> {
    const handle = { id: ++opened, path: resolve(path) };
    try {
      return new Hdf5File(path, handle, await thread.call('list', handle, path));
    } catch (cause) {
      await thread.call('close', handle, path).catch(() => undefined);
      throw cause;
    }
  }

  /** Refuses a dataset that this reader cannot decode, or whose sizes the file cannot hold.
   * @throws {DataError} `DATA_UNSUPPORTED`, `DATA_DAMAGED`, `DATA_TRUNCATED`. */
  check({ path: name, shape, stored, chunks, missingFilters }: Hdf5Dataset): void {
    const [filter] = missingFilters;
    if (filter !== undefined) {
      throw new DataError(
        'DATA_UNSUPPORTED',
        `${this.path}: '${name}' is compressed with ${filter}, which is not read: rewrite it with gzip or without compression`,
      );
    }
    if (stored === null) return;
    const bytesOf = (sizes: readonly number[]) =>
      sizes.reduce((product, size) => product * size, storedWidth(stored));
    const { bytes } = this.listing;
    const most = chunks === null ? bytes : bytes * largestInflation + sparseBytes;
    if (bytesOf(shape) > most) {
      const code = chunks === null ? 'DATA_TRUNCATED' : 'DATA_DAMAGED';
      throw new DataError(
        code,
        `${this.path}: '${name}' claims ${shape.join(' x ')} values of ${stored}, more than a file of ${bytes} bytes can hold`,
      );
    }
    if (chunks !== null && bytesOf(chunks) > Math.min(largestChunk, most)) {
      throw new DataError(
        'DATA_UNSUPPORTED',
        `${this.path}: '${name}' is stored in parts of ${chunks.join(' x ')}, which are too large to be read`,
      );
    }
  }

  /** A window of a cube, `[bands, height, width]`. */
  async read(cube: Hdf5Cube, window: WholeWindow): Promise<CubeValues> {
    const halves = halvesOf(cube, window);
    if (halves.length > 1) this.usesSecond = true;
    const parts = halves.map((half, i) => {
      const request = { file: this.handle, cube, window: half };
      return (i === 0 ? thread : second).call('read', request, this.path) as Promise<CubeValues>;
    });
    return joinedHalves(cube, window, halves, await Promise.all(parts));
  }

  /** All of a small dataset, the last index fastest. */
  async numbers({
    path,
    stored,
    shape,
  }: Pick<Hdf5Dataset, 'path' | 'shape'> & { stored: StoredType }): Promise<Float64Array> {
    const count = shape.reduce((product, size) => product * size, 1);
    return thread.call('numbers', { file: this.handle, dataset: path, stored, count }, this.path);
  }

  async close(): Promise<void> {
    await thread.call('close', this.handle, this.path);
    if (this.usesSecond) await second.call('close', this.handle, this.path);
  }
}
