import { mraeFloor } from './mrae.js';
import type { Protocol } from './protocol-definition.js';

/** The forms on which the field has settled; a protocol states what it defines otherwise. */
export const asField = {
  clip: true,
  mraeFloor,
  psnr: 'cube',
  psnrBand: 'peak-1',
  rmse: 'cube',
  ssim: 'uniform',
  sam: 'pixels',
  ergas: 'scale-1',
} as const satisfies Partial<Protocol>;

/** The default, and the protocol of the UnSSR test on CAVE. */
export const fieldProtocols = {
  field: {
    ...asField,
    version: 1,
    about:
      'MRAE with divisors of at least 0.001; SSIM with range 1; SAM per pixel, degrees; ERGAS with scale 1',
    source: 'the definitions that most papers share, stated in full',
    defines: ['psnr', 'psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas'],
  },
  'unssr-cave': {
    ...asField,
    version: 1,
    task: 'spectral',
    about:
      'MRAE without a floor; SSIM with range 2; SAM between band images, degrees; ERGAS over bands + 1, scale 32',
    source: 'test_model1_cave.py of UnSSR (Leng et al., IEEE TNNLS 2025)',
    defines: ['psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas'],
    mraeFloor: 0,
    ssim: 'uniform-range-2',
    sam: 'band-images',
    ergas: 'scale-32-bands-plus-1',
  },
} as const satisfies Record<string, Protocol>;
