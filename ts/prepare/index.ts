/** Training patches on disk, for the published training scripts. */
export type * from './events.js';
export { type PrepareOptions, type PrepareResult, prepare } from './prepare.js';
