/** Evaluation: a checkpoint and scenes in, scores, tables and pictures out. */
export { cubePicture, pictureOfCube } from './cube-picture.js';
export { type EvaluateOptions, evaluate } from './evaluate.js';
export type * from './events.js';
export { reportLines, reportNotes } from './report.js';
export { type ScoreFilesOptions, scoreFiles } from './score-files.js';
export { type ScoreInterval, scoreInterval } from './score-interval.js';
export type { EvaluateResult, ScoreSet } from './score-set.js';
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
