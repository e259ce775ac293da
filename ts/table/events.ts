import type { EvaluateEvent } from '../evaluate/index.js';
import type { TrainEvent } from '../train/index.js';
import type { MethodFailure, MethodRow } from './record.js';

/** What the table tells while it is made; each is a plain object, ready for JSON. */
export type TableEvent = MethodStart | MethodTrain | MethodEvaluate | MethodDone;

/** The next method begins; `done` of `total` lie behind. */
export interface MethodStart {
  type: 'method';
  method: string;
  scale: number;
  done: number;
  total: number;
}

/** An event of its training. */
export interface MethodTrain {
  type: 'train';
  event: TrainEvent;
}

/** An event of its evaluation. */
export interface MethodEvaluate {
  type: 'evaluate';
  event: EvaluateEvent;
}

/** It is scored, or has failed. */
export interface MethodDone {
  type: 'row';
  row: MethodRow | MethodFailure;
  done: number;
  total: number;
}
