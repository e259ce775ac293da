/** Cubes from one container into another. */
export { type ConvertCubeOptions, type ConvertCubeResult, convertCube } from './convert.js';
export type * from './events.js';
