export { type FineSrOptions, type FineSrResult, fineSr } from './fine-sr.js';
