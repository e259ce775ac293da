/** Training: a validated configuration in, progress events and a run folder out. */
export type { Best } from './checkpoint.js';
export type * from './events.js';
export {
  chooseBands,
  type LossFunction,
  type LossValue,
  type SupervisedTerm,
  supervisedLoss,
  type UnssrLossOptions,
  unssrLoss,
} from './losses.js';
export { type Recipe, recipes } from './recipes.js';
export { runFiles } from './run-folder.js';
export { type TrainOptions, type TrainResult, train } from './train.js';
