export { crossCorrelation } from './correlation.js';
export { ergas, ergasPublished } from './ergas.js';
export { mare } from './mare.js';
export { flooredValues, mrae, mraeFloor } from './mrae.js';
export { type Explanation, explainProtocol, explanationOf } from './explain.js';
export { haloOf, mergedSums } from './merged-sums.js';
export * from './protocol.js';
export { bandScoreNames, sumOptionsOf } from './protocol-definition.js';
export { superResolutionProtocols } from './super-resolution.js';
export { psnr, psnrAtMost100, psnrBand, psnrOfBandPeaks, psnrOfBothClipped } from './psnr.js';
export { angleRules, appsa, samByRule } from './published-angles.js';
export { qave } from './qave.js';
export { meanSquaredError, rmse } from './rmse.js';
export { sam, samBetweenBandImages } from './sam.js';
export { sid } from './sid.js';
export { gaussianSsim, globalSsim, globalSsimOfBand, ssim } from './ssim.js';
export {
  type CubeSums,
  cubeSums,
  type ErrorMaps,
  errorMaps,
  type FirstNotFinite,
  firstNotFinite,
  notFiniteError,
  type SumOptions,
} from './sums.js';
