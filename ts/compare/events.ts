import type { EvaluateEvent } from '../evaluate/index.js';
import type { TrainEvent } from '../train/index.js';
import type { CompareFailure, CompareRow } from './record.js';

/** What a comparison tells while it goes; each is a plain object, ready for JSON. */
export type CompareEvent = ModelStart | ModelTrain | ModelEvaluate | ModelDone;

/** The next network begins; `done` of `total` lie behind. */
export interface ModelStart {
  type: 'model';
  model: string;
  paradigm: CompareRow['paradigm'];
  done: number;
  total: number;
}

/** An event of its training. */
export interface ModelTrain {
  type: 'train';
  model: string;
  event: TrainEvent;
}

/** An event of its evaluation. */
export interface ModelEvaluate {
  type: 'evaluate';
  model: string;
  event: EvaluateEvent;
}

/** It is scored, or has failed. */
export interface ModelDone {
  type: 'row';
  row: CompareRow | CompareFailure;
  done: number;
  total: number;
}
