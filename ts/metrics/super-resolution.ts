import { asField } from './field.js';
import type { Protocol } from './protocol-definition.js';

const ofScripts = {
  ...asField,
  version: 1,
  task: 'spatial',
  psnr: 'cube-at-most-100',
  ssim: 'gaussian-single',
  defines: ['psnr', 'ssim', 'sam'],
} as const satisfies Partial<Protocol>;

/** The protocols of super-resolution papers, by the names of their networks. What a paper's scripts do not define is as in `field`. */
export const superResolutionProtocols = {
  coarsr: {
    ...ofScripts,
    about:
      'as the scripts of CoarSR: PSNR of the whole cube, at most 100; SSIM with an 11 x 11 Gaussian window; SAM with zeros as 1e-12',
    source: 'CoarSR/eval.py of DualSR (Li et al., IEEE TIP 2022)',
    sam: 'zeros-1e-12',
  },
  mcnet: {
    ...ofScripts,
    about:
      'as the scripts of MCNet, SFCSR and ERCSR: PSNR of the whole cube, at most 100; SSIM with an 11 x 11 Gaussian window; SAM with zeros as 2.2204e-16',
    source: 'eval.py of MCNet (Li et al., Remote Sensing 2020), the same in SFCSR and ERCSR',
    sam: 'zeros-2e-16',
  },
  finesr: {
    ...ofScripts,
    about:
      'as the scripts of FineSR (DualSR), unclipped: PSNR of the whole cube; SSIM with an 11 x 11 Gaussian window; SAM with 2^-52 beside products and norms',
    source: 'PSNR.m, SSIM.m and SAM.m of FineSR in DualSR',
    clip: false,
    psnr: 'cube',
    ssim: 'gaussian-double',
    sam: 'epsilon',
  },
  sspsr: {
    ...asField,
    version: 1,
    task: 'spatial',
    about:
      "as the scripts of SSPSR, unclipped: psnrBand is its MPSNR; SSIM with a 7 x 7 window; SAM without black pixels; ERGAS with scale 4 whatever the network's",
    source: 'metrics.py of SSPSR (Jiang et al., IEEE TCI 2020)',
    defines: ['psnrBand', 'rmse', 'ssim', 'sam', 'ergas'],
    clip: false,
    sam: 'without-black',
    ergas: 'scale-4',
  },
  fcnn3d: {
    ...asField,
    version: 1,
    task: 'spatial',
    about:
      "as the scripts of 3D-FCNN, unclipped, without 6 pixels and 4 bands at each border: psnrBand with each band's own peak; SSIM of whole bands; SAM not a number with black pixels",
    source: 'predict.py of 3D-FCNN (Mei et al., Remote Sensing 2017)',
    defines: ['psnrBand', 'ssim', 'sam'],
    clip: false,
    margin: { bands: 4, pixels: 6 },
    psnrBand: 'band-peaks',
    ssim: 'whole-bands',
    sam: 'unguarded',
  },
} as const satisfies Record<string, Protocol>;
