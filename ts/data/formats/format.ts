import { DataError } from '../../errors.js';
import type { CubeData, CubeInfo } from '../cube.js';

/** Names the stored axes of an array, in the order of the file's own indices: h height, w width, b bands. */
export type AxisOrder = 'hwb' | 'whb' | 'hbw' | 'wbh' | 'bhw' | 'bwh';

/** How a cube is read; all optional, and what a container cannot use it ignores. */
export interface ReadCubeOptions {
  /** Array to read, in files that hold several. Default: the only one that can be a cube. */
  variable?: string;
  /** Order of the stored axes. Default: settled by sizes and attributes, stated in `origin.axes`. */
  axes?: AxisOrder;
  /** Overrides the number that values are divided by to reach [0, 1]. */
  fullScale?: number;
  /** Overrides the wavelengths (nm, one a band). */
  wavelengths?: readonly number[];
}

/** How a cube is written. */
export interface WriteCubeOptions {
  /** Name of the array, in containers that name them. Default `cube`. */
  variable?: string;
  /** Short texts stored beside the cube, in containers that can: what made it. */
  notes?: Readonly<Record<string, string>>;
  /** Replace what is there. Default false for folders; files are always replaced whole. */
  overwrite?: boolean;
}

/** A part of a cube: absent members mean all of that axis. */
export interface CubeWindow {
  row?: number;
  column?: number;
  height?: number;
  width?: number;
  /** Bands to read, in the order wanted. */
  bands?: readonly number[];
}

/** One container. A container joins hyperlift by exporting one of these from its file in this folder, and a line in
 * `index.ts`. */
export interface CubeFormat {
  /** Stable, in `origin.format`. */
  readonly id: string;
  readonly title: string;
  /** Lower case, with the dot; empty for containers that are folders. */
  readonly extensions: readonly string[];
  /** Whether `path` is of this container, told by content: `firstBytes` are the file's first 1024 (fewer in a shorter
   * file), or null for a folder, whose `names` are given. */
  sniff(path: string, firstBytes: Uint8Array | null, names: readonly string[]): boolean;
  /** Sizes and names without the values. */
  info(path: string, options?: ReadCubeOptions): Promise<CubeInfo>;
  /** The whole cube. */
  read(path: string, options?: ReadCubeOptions): Promise<CubeData>;
  /** A part without the whole file, where the container allows it. */
  readWindow?(path: string, window: CubeWindow, options?: ReadCubeOptions): Promise<CubeData>;
  /** Writes a whole cube; the file or folder appears complete or not at all. */
  write?(path: string, cube: CubeData, options?: WriteCubeOptions): Promise<void>;
}

/** Wavelengths by option, checked against the number of bands; else those of the file. */
export function settleWavelengths(
  file: string,
  bands: number,
  found: number[] | null,
  options: ReadCubeOptions,
): number[] | null {
  if (options.wavelengths === undefined) return found;
  if (options.wavelengths.length !== bands) {
    throw new DataError(
      'DATA_WAVELENGTHS',
      `${file}: the cube has ${bands} bands, ${options.wavelengths.length} wavelengths were given`,
    );
  }
  return [...options.wavelengths];
}
