export { ergas, ergasPublished } from './ergas.js';
export { flooredValues, mrae, mraeFloor } from './mrae.js';
export * from './protocol.js';
export { psnr, psnrBand } from './psnr.js';
export { meanSquaredError, rmse } from './rmse.js';
export { sam, samBetweenBandImages } from './sam.js';
export { ssim } from './ssim.js';
export { type CubeSums, cubeSums, type ErrorMaps, errorMaps, type SumOptions } from './sums.js';
