/** Super-resolution: low-resolution cubes and a checkpoint in, high-resolution cubes out. */
export { refinedCube, tilesOf, type UpscaleSettings, upscaledCube } from './cube.js';
export type * from './events.js';
export { type UpscaledCube, type UpscaleOptions, type UpscaleResult, upscale } from './upscale.js';
export {
  bicubicUpscaler,
  checkBands,
  openHalf,
  openUpscaler,
  sourceOf,
  sourceOfTensor,
  type Upscaler,
  upscalerOf,
} from './upscaler.js';
