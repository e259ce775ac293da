/** The comparison of the DualSR paper: every method of super-resolution trained and scored alike, one table. */
export type * from './events.js';
export { upscalingCsv, upscalingMarkdown } from './page.js';
export type { MethodFailure, MethodRow } from './record.js';
export { compareUpscaling, type UpscalingTableOptions, type UpscalingTableResult } from './table.js';
