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
