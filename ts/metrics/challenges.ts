import type { Protocol } from './protocol-definition.js';
import { asField } from './field.js';

/** The protocols of the challenges on spectral reconstruction, by conference and year. */
export const challengeProtocols = {
  ntire2020: {
    ...asField,
    version: 1,
    task: 'spectral',
    about:
      'as the scoring code of the NTIRE 2020 challenge, unclipped: MRAE |e - t| / t without a guard, and RMSE, over the whole cube, then the mean over the scenes. Its third figure, MRAE of the RGB made of both cubes, is not among these scores',
    source: 'computeMRAE and computeRMSE of the scoring code, as participants published it',
    defines: ['mrae', 'rmse'],
    clip: false,
    mraeFloor: null,
  },
  ntire2022: {
    ...asField,
    version: 1,
    task: 'spectral',
    about:
      'as the test scripts of MST++ and the NTIRE 2022 challenge, without 128 pixels at each border: MRAE |e - t| / t and RMSE unclipped and without a guard; PSNR with both cubes cut to [0, 1]. That the challenge server scored unclipped values is taken from its public code; its submissions held what participants had written, mostly clipped',
    source:
      'train_code of the MST++ toolbox (Cai et al., CVPRW 2022); CROP, computeMRAE and compute_rmse of the NTIRE 2022 code',
    defines: ['mrae', 'rmse', 'psnr'],
    clip: false,
    margin: { bands: 0, pixels: 128 },
    mraeFloor: null,
    psnr: 'both-clipped',
  },
} as const satisfies Record<string, Protocol>;
