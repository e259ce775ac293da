import { resolve } from 'node:path';
import type { CubeValues } from '../../cube.js';
import type { WholeWindow } from '../format.js';
import type { TiffCube, TiffWork } from './tiff-work.js';
import { WorkThread } from '../work-thread.js';

/** One thread for all TIFF files: unpacking would hold up the event loop. */
const thread = new WorkThread<TiffWork>(new URL('./tiff-worker.js', import.meta.url));
let opened = 0;

/** The values of a TIFF, read in the thread; to be closed. */
export class TiffValues {
  private readonly handle: { id: number; path: string };

  constructor(
    private readonly path: string,
    private readonly cube: TiffCube,
  ) {
    this.handle = { id: ++opened, path: resolve(path) };
  }

  /** A window, `[bands, height, width]`.
   * @throws {DataError} `DATA_DAMAGED`, `DATA_TRUNCATED`, `DATA_RANGE`. */
  async read(window: WholeWindow): Promise<CubeValues> {
    const request = { file: this.handle, cube: this.cube, window };
    return (await thread.call('read', request, this.path)) as CubeValues;
  }

  async close(): Promise<void> {
    await thread.call('close', this.handle, this.path);
  }
}
