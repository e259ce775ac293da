/** Evaluation: a checkpoint and scenes in, scores, tables and pictures out. */
export { type EvaluateOptions, type EvaluateResult, evaluate, type ScoreSet } from './evaluate.js';
export type * from './events.js';
export { reportLines } from './report.js';
export { scoreInterpolation } from './upscaling.js';
export {
  alignedTable,
  csvNumber,
  csvTable,
  inWords,
  markdownTable,
  type ScoreLine,
  scoreColumns,
  titled,
} from './table.js';
