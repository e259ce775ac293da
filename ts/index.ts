/** The public names of hyperlift. LibTorch is loaded by the first call that computes, not by the import.
 * @packageDocumentation */
export * from './errors.js';
export { type EvaluateEvent, type EvaluateOptions, type EvaluateResult, evaluate } from './evaluate/index.js';
export { listModels, type ModelFacts, modelFacts } from './models/index.js';
export type { DType, TypedArrayOf } from './native/index.js';
export {
  type ReconstructEvent,
  type ReconstructOptions,
  type ReconstructResult,
  reconstruct,
} from './reconstruct/index.js';
export {
  type CheckpointEvent,
  type DoneEvent,
  type MeasureEvent,
  type NoticeEvent,
  type StartEvent,
  type StepEvent,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  train,
  type ValidationEvent,
} from './train/index.js';
export { packageVersion } from './version.js';
