import { type JobRecord, RecordFile } from '../compare/record-file.js';
import type { SceneScores, Scores } from '../metrics/index.js';

/** One method at one scale: what it cost and what it reached. */
export interface MethodRow {
  /** `bicubic`, `dualsr`, or the id of a network. */
  method: string;
  scale: number;
  /** 0 for interpolation; of both networks for both stages. */
  parameters: number;
  steps: number;
  /** From the first step on; of the last part, where the training was interrupted. */
  seconds: number;
  scenes: SceneScores[];
  mean: Scores;
}

/** A method that could not be trained or scored. */
export interface MethodFailure {
  method: string;
  scale: number;
  /** Code and sentence of the error. */
  error: { code: string; message: string };
}

/** table.json: the options, and what is done so far. */
export type TableRecord = JobRecord<MethodRow | MethodFailure>;

/** The record in the folder of a table. */
export const recordFile = new RecordFile<TableRecord>('table.json', 'table');

export function isRow(row: MethodRow | MethodFailure): row is MethodRow {
  return 'mean' in row;
}
