import { DataError } from '../../errors.js';
import type { CubeData, CubeInfo, CubeValues } from '../cube.js';

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
  /** Overrides the wavelengths (nm, one a band of the file). */
  wavelengths?: readonly number[];
  /** Bands to take, counted from 0, in this order; `good`: those that the file does not mark as bad. Default all. */
  bands?: readonly number[] | 'good';
}

/** What a writer must know before the first value. `CubeData` is one. */
export type CubePlan = Omit<CubeInfo, 'name' | 'origin' | 'variables' | 'fullScale'> &
  Partial<Pick<CubeInfo, 'name' | 'origin' | 'fullScale'>>;

/** How a cube is written. */
export interface WriteCubeOptions {
  /** Name of the array, in containers that name them. Default `cube`. */
  variable?: string;
  /** Short texts stored beside the cube, in containers that can: what made it. */
  notes?: Readonly<Record<string, string>>;
  /** Replace what is there. Default false for folders; files are always replaced whole. */
  overwrite?: boolean;
  /** ENVI: the order of the values. Default `bsq`. */
  interleave?: 'bsq' | 'bil' | 'bip';
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

/** An open cube, of which parts are read; memory is that of the part and of what the container makes necessary. */
export interface CubeReader {
  readonly info: CubeInfo;
  /** Lines that lie together in the container: parts made of whole ones are the quick ones to read. */
  readonly lines: 'rows' | 'columns';
  /** Values of a part as stored, band-major: `[bands, height, width]` of the window.
   * @throws {DataError} `DATA_WINDOW`, and the container's own. */
  read(window?: CubeWindow): Promise<CubeValues>;
  /** Lets go of the file; nothing can be read afterwards. */
  close(): Promise<void>;
}

/** A cube being written, line by line. It appears under its name at `finish`, or not at all. */
export interface CubeWriter {
  /** What the container takes: rows, or columns. */
  readonly lines: 'rows' | 'columns';
  /** Takes the next lines, in order from the first: `[bands, count, width]` for rows, `[bands, count, height]` for columns. The
   * values are of the plan's dtype, and the caller may use their memory again once this has returned.
   * @throws {DataError} `DATA_BLOCK`, `DATA_TYPE`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
  write(start: number, count: number, values: CubeValues): Promise<void>;
  /** @throws {DataError} `DATA_INCOMPLETE` when lines are missing; the file is then not made. */
  finish(): Promise<void>;
  /** Nothing appears; what was there stays. */
  abort(): Promise<void>;
}

/** One container. A container joins hyperlift by exporting one of these from its file in this folder, and a line in
 * `index.ts`. */
export interface CubeFormat {
  /** Stable, in `origin.format`. */
  readonly id: string;
  /** What options call it, where it is written: `mat`, `png`, ... */
  readonly word?: string;
  readonly title: string;
  /** Lower case, with the dot; empty for containers that are folders. The first is that of written files. Of a container of
   * several files only that of the one which stands for the cube, so that a folder's cubes are counted once. */
  readonly extensions: readonly string[];
  /** Further endings under which it can be written. */
  readonly alsoWritten?: readonly string[];
  /** What written files have no place for. */
  readonly loses?: readonly ('wavelengths' | 'badBands' | 'ignoreValue' | 'georeference')[];
  /** Whether `path` is of this container, told by content: `firstBytes` are the file's first 1024 (fewer in a shorter
   * file), or null for a folder, whose `names` are given. A file that no content tells is asked about once more, with the
   * `names` beside it: some containers are several files. */
  sniff(path: string, firstBytes: Uint8Array | null, names: readonly string[]): boolean | Promise<boolean>;
  /** Reads what describes the cube, not its values. */
  open(path: string, options: ReadCubeOptions): Promise<CubeReader>;
  /** Begins a cube. */
  create?(path: string, plan: CubePlan, options: WriteCubeOptions): Promise<CubeWriter>;
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

/** A window with every member settled. */
export type WholeWindow = Required<CubeWindow>;

/** A window's absent members filled in, and all of them checked against the cube.
 * @throws {DataError} `DATA_WINDOW`. */
export function settleWindow(
  { bands, height, width, origin }: Pick<CubeInfo, 'bands' | 'height' | 'width' | 'origin'>,
  window: CubeWindow = {},
): WholeWindow {
  const { row = 0, column = 0 } = window;
  const whole: WholeWindow = {
    row,
    column,
    height: window.height ?? height - row,
    width: window.width ?? width - column,
    bands: window.bands ?? Array.from({ length: bands }, (_, band) => band),
  };
  const inside = (start: number, count: number, size: number): boolean =>
    Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0 && start + count <= size;
  const bandsInside = whole.bands.every((band) => inside(band, 1, bands));
  if (inside(row, whole.height, height) && inside(column, whole.width, width) && bandsInside) return whole;
  const missing = whole.bands.find((band) => !inside(band, 1, bands));
  const asked = bandsInside
    ? `${whole.height} x ${whole.width} pixels at row ${row}, column ${column}`
    : `band ${missing} (counted from 0)`;
  throw new DataError(
    'DATA_WINDOW',
    `${origin.file}: ${asked} were asked for; the cube has ${bands} bands of ${height} x ${width} pixels`,
  );
}

/** Reads all of an open cube. */
export async function wholeCube(reader: CubeReader): Promise<CubeData> {
  const { variables: _, ...facts } = reader.info;
  return { ...facts, data: await reader.read() };
}
