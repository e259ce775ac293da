export { type FineSrOptions, type FineSrResult, fineSr } from './fine-sr.js';
export { type RefineResult, refine } from './files.js';
