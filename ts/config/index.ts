/** Options as data: see `option.ts` (one option), `table.ts` (one command) and the tables themselves. */
export { type CameraGiven, cameraPresets, cameraTable } from './camera-options.js';
export { type CompareGiven, compareTable } from './compare-options.js';
export { type ConvertGiven, convertTable } from './convert-options.js';
export { type DatasetsGiven, datasetsTable } from './datasets-options.js';
export { type EvaluateGiven, evaluateTable } from './evaluate-options.js';
export { type PrepareGiven, prepareTable } from './prepare-options.js';
export { type ReconstructGiven, reconstructTable } from './reconstruct-options.js';
export { type RefineGiven, refineTable } from './refine-options.js';
export { type UpscalingTableGiven, upscalingTable } from './table-options.js';
export { type SimulateGiven, simulateTable } from './simulate-options.js';
export { spatialModel, type TrainGiven, trainTable } from './train-options.js';
export { type UpscaleGiven, upscaleTable } from './upscale-options.js';
export { checkedOptions } from './checked.js';
