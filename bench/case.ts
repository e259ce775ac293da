import type { Precision } from '../ts/native/index.js';

/** One thing to time: a forward or a training step of a network on a square image. */
export interface BenchCase {
  name: string;
  model: string;
  mode: 'forward' | 'training';
  /** Height and width in pixels. */
  size: number;
  batch: number;
  precision: Precision;
}

/** What a contender answers to a case: seconds of each repetition, and what the process had resident at its peak. */
export interface Timing {
  seconds: number[];
  peakBytes: number;
  /** Floating-point operations of one repetition, where the contender counts them. */
  operations?: number;
}
