/** Evaluation: a checkpoint and scenes in, scores, tables and pictures out. */
export { type EvaluateOptions, type EvaluateResult, evaluate, type ScoreSet } from './evaluate.js';
export type * from './events.js';
export { reportLines } from './report.js';
export { csvTable, markdownTable, type ScoreLine } from './table.js';
