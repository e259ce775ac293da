/** Comparison: several networks trained and scored alike, one table. */
export { type CompareOptions, type CompareResult, compare } from './compare.js';
export type * from './events.js';
export type { CompareFailure, CompareRow } from './record.js';
export { compareCsv, compareLatex, compareMarkdown } from './table.js';
