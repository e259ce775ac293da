/** What a training run tells while it goes. One stream of these feeds the terminal's bar, `--json`, log.jsonl and
 * `onProgress`; each is a plain object, ready for JSON. */
export type TrainEvent =
  | StartEvent
  | NoticeEvent
  | MeasureEvent
  | StepEvent
  | ValidationEvent
  | CheckpointEvent
  | DoneEvent;

/** The run is about to make its first step. */
export interface StartEvent {
  type: 'start';
  folder: string;
  model: string;
  paradigm: string;
  parameters: number;
  /** Steps of the whole run, and the step it starts from (above 0 when resumed). */
  steps: number;
  from: number;
  device: string;
  threads: number;
  scenes: { training: number; heldBack: number };
  patches: number;
}

/** Something a user should know once: random perceptual features, a measured length, no held-back scenes. */
export interface NoticeEvent {
  type: 'notice';
  text: string;
}

/** The length of a `--minutes` run was measured and fixed. */
export interface MeasureEvent {
  type: 'measure';
  secondsPerStep: number;
  steps: number;
}

/** The newest state of the loop; events in between are dropped, not queued. */
export interface StepEvent {
  type: 'step';
  step: number;
  steps: number;
  lr: number;
  losses: Record<string, number>;
  gradNorm: number;
  stepsPerSecond: number;
  remainingSeconds: number;
}

/** Scores on the held-back patches. */
export interface ValidationEvent {
  type: 'validation';
  step: number;
  scores: Record<string, number>;
  /** The score that chooses `best`, and whether this one is the best so far. */
  selection: 'psnr' | 'total';
  best: boolean;
  /** The same scores of the line to beat, where cubes exist, and what it is. */
  baseline?: Record<string, number>;
  baselineName?: 'rootpoly' | 'bicubic';
}

/** A file was written. */
export interface CheckpointEvent {
  type: 'checkpoint';
  step: number;
  file: string;
}

/** The run is over. */
export interface DoneEvent {
  type: 'done';
  step: number;
  seconds: number;
  folder: string;
}
