import { ergas } from './ergas.js';
import { fieldScores } from './field-scores.js';
import { mraeFloor } from './mrae.js';
import type { Protocol } from './protocol.js';
import { psnrAtMost100, psnrOfBandPeaks } from './psnr.js';
import { angleRules, samByRule } from './published-angles.js';
import { gaussianSsim, globalSsim } from './ssim.js';
import type { CubeSums, SumOptions } from './sums.js';

const ordinary: SumOptions = { clip: false, mraeFloor, ssimRanges: [1] };

const coarse = (sums: CubeSums) => ({
  ...fieldScores(sums),
  psnr: psnrAtMost100(sums),
  ssim: gaussianSsim(sums),
  sam: samByRule(sums),
});

/** The protocols of super-resolution papers, by the names of their networks. What a paper's scripts do not define is as in `field`. */
export const superResolutionProtocols = {
  coarsr: {
    task: 'spatial',
    about:
      'as the scripts of CoarSR: PSNR of the whole cube, at most 100; SSIM with an 11 x 11 Gaussian window; SAM with zeros as 1e-12',
    sums: { ...ordinary, clip: true, angles: [angleRules.coarsr], windows: ['single'] },
    score: coarse,
  },
  mcnet: {
    task: 'spatial',
    about:
      'as the scripts of MCNet, SFCSR and ERCSR: PSNR of the whole cube, at most 100; SSIM with an 11 x 11 Gaussian window; SAM with zeros as 2.2204e-16',
    sums: { ...ordinary, clip: true, angles: [angleRules.mcnet], windows: ['single'] },
    score: coarse,
  },
  finesr: {
    task: 'spatial',
    about:
      'as the scripts of FineSR (DualSR), unclipped: PSNR of the whole cube; SSIM with an 11 x 11 Gaussian window; SAM with 2^-52 beside products and norms',
    sums: { ...ordinary, angles: [angleRules.finesr], windows: ['double'] },
    score: (sums) => ({ ...fieldScores(sums), ssim: gaussianSsim(sums), sam: samByRule(sums) }),
  },
  sspsr: {
    task: 'spatial',
    about:
      "as the scripts of SSPSR, unclipped: psnrBand is its MPSNR; SSIM with a 7 x 7 window; SAM without black pixels; ERGAS with scale 4 whatever the network's",
    sums: { ...ordinary, angles: [angleRules.sspsr] },
    score: (sums) => ({ ...fieldScores(sums), sam: samByRule(sums), ergas: ergas(sums, 4) }),
  },
  fcnn3d: {
    task: 'spatial',
    about:
      "as the scripts of 3D-FCNN, unclipped, without 6 pixels and 4 bands at each border: psnrBand with each band's own peak; SSIM of whole bands; SAM not a number with black pixels",
    margin: { bands: 4, pixels: 6 },
    sums: { ...ordinary, angles: [angleRules.fcnn3d] },
    score: (sums) => ({
      ...fieldScores(sums),
      psnrBand: psnrOfBandPeaks(sums),
      ssim: globalSsim(sums),
      sam: samByRule(sums),
    }),
  },
} as const satisfies Record<string, Protocol>;
