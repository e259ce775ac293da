import type { Precision } from '../ts/native/index.js';

/** One thing to time on a square image or low-resolution cube: a forward or a training step of a network, or the UnSSR losses of its
 * output. */
export interface BenchCase {
  name: string;
  model: string;
  mode: 'forward' | 'training' | 'losses';
  /** Height and width in pixels. */
  size: number;
  batch: number;
  /** Of the input. */
  bands: number;
  /** How many times larger the output is than the input: above 1 for super-resolution. */
  scale: number;
  precision: Precision;
}

/** Resizing a random square cube, all bands at once or band by band. */
export interface ResizeCase {
  mode: 'resize';
  style: 'matlab' | 'pillow';
  bands: number;
  /** Height and width in pixels. */
  size: number;
  /** New size over old. */
  factor: number;
}

/** Scores of a random square cube against another under a protocol. */
export interface ScoresCase {
  mode: 'scores';
  protocol: string;
  bands: number;
  /** Height and width in pixels. */
  size: number;
}

/** Reading a whole cube from its file or folder. */
export interface ReadingCase {
  mode: 'reading';
  path: string;
}

/** What a contender answers to a case: seconds of each repetition, and what the process had resident at its peak. */
export interface Timing {
  seconds: number[];
  peakBytes: number;
  /** Floating-point operations of one repetition, where the contender counts them. */
  operations?: number;
}
