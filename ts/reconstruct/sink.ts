import { type CubeWriter, createCube, writerFor } from '../data/index.js';

/** What is known of a cube before its first line. */
export interface SinkPlan {
  bands: number;
  height: number;
  width: number;
  wavelengths: readonly number[] | null;
  /** Stored beside the cube where the container can: what made it. */
  notes: Readonly<Record<string, string>>;
}

/** The container that a path asks for by its ending; without one a folder of PNGs.
 * @throws {DataError} `DATA_FORMAT` for an ending that is not known. */
export function sinkFormatOf(path: string): string {
  return writerFor(path).word ?? '';
}

/** Begins a cube of float32 values in [0, 1].
 * @throws {DataError} `DATA_TOO_LARGE`, `DATA_EXISTS`, `DATA_WRITE`. @throws {RunError} `RUN_DISK_FULL`. */
export async function openSink(path: string, format: string, plan: SinkPlan): Promise<CubeWriter> {
  const wavelengths = plan.wavelengths === null ? null : [...plan.wavelengths];
  return createCube(path, { ...plan, wavelengths, notes: { ...plan.notes }, dtype: 'float32' }, { format });
}
