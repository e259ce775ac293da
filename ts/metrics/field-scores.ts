import { ergas } from './ergas.js';
import { mrae } from './mrae.js';
import { psnr, psnrBand } from './psnr.js';
import { rmse } from './rmse.js';
import { sam } from './sam.js';
import { ssim } from './ssim.js';
import type { CubeSums } from './sums.js';

/** The scores of one cube. */
export interface Scores {
  psnr: number;
  psnrBand: number;
  rmse: number;
  mrae: number;
  ssim: number;
  sam: number;
  ergas: number;
}

/** The scores as the field has settled on them; a protocol replaces what it defines otherwise. */
export function fieldScores(sums: CubeSums): Scores {
  return {
    psnr: psnr(sums),
    psnrBand: psnrBand(sums),
    rmse: rmse(sums),
    mrae: mrae(sums),
    ssim: ssim(sums),
    sam: sam(sums),
    ergas: ergas(sums),
  };
}
