import {
  cubeSums,
  ergas,
  ergasPublished,
  mrae,
  psnr,
  psnrBand,
  rmse,
  sam,
  samBetweenBandImages,
  ssim,
} from '../../metrics/index.js';
import { fromTypedArray } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

/** The scores of both protocols, in double; those of the authors' validation were computed in float32. */
export async function checkMetrics(golden: GoldenFile): Promise<Deviation[]> {
  using estimate = fromTypedArray(golden.values('input/output'), golden.entry('input/output').shape);
  using truth = fromTypedArray(golden.values('input/label'), golden.entry('input/label').shape);
  const given = { mraeFloor: 0, ssimRanges: [1, 2] };
  const sums = await cubeSums(estimate.native, truth.native, { ...given, clip: true });
  const unclipped = await cubeSums(estimate.native, truth.native, { ...given, clip: false });
  const found: Record<string, number> = {
    rmse: rmse(sums),
    mrae: mrae(sums),
    psnr_cube: psnr(sums),
    psnr_band: psnrBand(sums),
    psnr_valid: psnr(sums),
    ssim: ssim(sums, 0),
    ssim_published: ssim(sums, 1),
    sam: sam(sums),
    sam_published: samBetweenBandImages(sums),
    ergas_scale1: ergas(sums),
    ergas_scale4: ergas(sums, 4),
    ergas_published_scale4: ergasPublished(sums, 4),
    ergas_published_scale32: ergasPublished(sums),
    rmse_valid: rmse(unclipped),
    mrae_valid: mrae(unclipped),
  };
  return Object.entries(found).map(([name, value]) => ({
    name,
    of: 'output',
    error: relativeError([value], golden.values(`output/${name}`)),
    allowed: name.endsWith('_valid') ? 4 * golden.noise('noise_y') : 1e-9,
  }));
}
