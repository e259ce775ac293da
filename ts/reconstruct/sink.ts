import { extname } from 'node:path';
import { MatCubeWriter } from '../data/index.js';
import { DataError } from '../errors.js';
import { PngFolderSink } from './png-folder-sink.js';

/** Where the lines of a cube go as they are made. */
export interface CubeSink {
  /** What the container stores in one piece: rows, or columns. */
  readonly lines: 'rows' | 'columns';
  /** Takes the next lines, `[bands, count, across]`. */
  write(start: number, count: number, values: Float32Array): Promise<void>;
  /** The file or folder appears under its name. */
  finish(): Promise<void>;
  /** Nothing appears; what was there stays. */
  abort(): Promise<void>;
}

/** What a sink must know before the first line. */
export interface SinkPlan {
  bands: number;
  height: number;
  width: number;
  wavelengths: readonly number[] | null;
  /** Stored beside the cube where the container can: what made it. */
  notes: Readonly<Record<string, string>>;
}

/** Containers that can be written line by line. */
export type SinkFormat = 'mat' | 'png';

/** The container that a path asks for: `.mat`, or without an ending a folder of PNGs.
 * @throws {DataError} `DATA_FORMAT` for another ending. */
export function sinkFormatOf(path: string): SinkFormat {
  const ending = extname(path).toLowerCase();
  if (ending === '.mat') return 'mat';
  if (ending === '') return 'png';
  throw new DataError(
    'DATA_FORMAT',
    `${path}: cubes are written as .mat, or, without an ending, as a folder of 16-bit PNGs`,
  );
}

/** Opens a sink.
 * @throws {DataError} `DATA_TOO_LARGE`, `DATA_EXISTS`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function openSink(path: string, format: SinkFormat, plan: SinkPlan): Promise<CubeSink> {
  return format === 'png' ? PngFolderSink.open(path, plan) : openMatSink(path, plan);
}

/** MATLAB keeps columns together: strips of tiles run from top to bottom. */
async function openMatSink(path: string, { notes, ...plan }: SinkPlan): Promise<CubeSink> {
  const writer = await MatCubeWriter.create(path, { ...plan, dtype: 'float32', notes });
  return {
    lines: 'columns',
    write: (column, width, values) =>
      writer.writeBlock({ row: 0, column, height: plan.height, width, turned: true }, values),
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}
