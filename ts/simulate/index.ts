/** RGB images of cubes, as a camera would make them. */
export type * from './events.js';
export { type SimulateOptions, type SimulateResult, simulate } from './simulate.js';
