import type { SceneScores, Scores } from '../metrics/index.js';
import { type JobRecord, RecordFile } from './record-file.js';

/** One network under one paradigm: what it cost and what it reached. */
export interface CompareRow {
  model: string;
  paradigm: 'supervised' | 'unsupervised';
  parameters: number;
  /** Floating-point operations of one forward pass of 128 x 128 pixels. */
  operations: number;
  steps: number;
  /** From the first step on; of the last part, where the training was interrupted. */
  seconds: number;
  scenes: SceneScores[];
  mean: Scores;
}

/** A network that could not be trained or scored. */
export interface CompareFailure {
  model: string;
  paradigm: CompareRow['paradigm'];
  /** Code and sentence of the error. */
  error: { code: string; message: string };
}

/** compare.json: the options, and what is done so far. */
export interface CompareRecord extends JobRecord<CompareRow | CompareFailure> {
  /** The root-polynomial regression of the same training scenes: the line to beat. */
  baseline: { scenes: SceneScores[]; mean: Scores } | null;
}

/** The record in the folder of a comparison. */
export const recordFile = new RecordFile<CompareRecord>('compare.json', 'compare');
