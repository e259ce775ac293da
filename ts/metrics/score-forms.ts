import type { NativeAngleRule } from '../native/index.js';
import { ergas, ergasPublished } from './ergas.js';
import { mrae } from './mrae.js';
import { psnr, psnrAtMost100, psnrBand, psnrOfBandPeaks, psnrOfBothClipped } from './psnr.js';
import { angleRules, samByRule } from './published-angles.js';
import { rmse } from './rmse.js';
import { sam, samBetweenBandImages } from './sam.js';
import { gaussianSsim, globalSsim, globalSsimOfBand, ssim } from './ssim.js';
import type { CubeSums, SumOptions } from './sums.js';

/** One way in which a score is computed. */
export interface ScoreForm {
  /** In words and signs, for people: e is the result, t the true cube. */
  formula: string;
  /** What beyond the plain sums it takes. */
  asks?: Partial<Pick<SumOptions, 'angles' | 'windows' | 'ssimRanges'>>;
  of(sums: CubeSums): number;
}

/** One way that also gives a number a band. */
export interface BandForm extends ScoreForm {
  band(sums: CubeSums, band: number): number;
}

const decibels = (mse: number): number => -10 * Math.log10(mse);
const errorOf = (sums: CubeSums, band: number): number => (sums.squaredError[band] ?? 0) / sums.pixels;

/** PSNR of a cube. */
export const psnrForms = {
  cube: { formula: '10 lg(1 / mse), one mse for the whole cube, in dB', of: psnr },
  'cube-at-most-100': {
    formula: '10 lg(1 / mse), one mse for the whole cube, in dB; 100 for equal cubes',
    of: psnrAtMost100,
  },
  'both-clipped': {
    formula: '10 lg(1 / mse), one mse for the whole cube, e and t cut to [0, 1] for it, in dB',
    of: psnrOfBothClipped,
  },
} as const satisfies Record<string, ScoreForm>;

/** PSNR band by band. */
export const psnrBandForms = {
  'peak-1': {
    formula: 'mean over the bands of 10 lg(1 / mse of the band), in dB',
    of: psnrBand,
    band: (sums, band) => decibels(errorOf(sums, band)),
  },
  'band-peaks': {
    formula: 'mean over the bands of 10 lg(max(t)^2 / mse of the band), bands without light left out, in dB',
    of: psnrOfBandPeaks,
    band: (sums, band) => decibels(errorOf(sums, band) / (sums.truthMost[band] ?? 0) ** 2),
  },
} as const satisfies Record<string, BandForm>;

/** Root mean square error. */
export const rmseForms = {
  cube: {
    formula: 'sqrt(mean (e - t)^2) over all values',
    of: rmse,
    band: (sums, band) => Math.sqrt(errorOf(sums, band)),
  },
} as const satisfies Record<string, BandForm>;

/** Relative error; the floor is the protocol's. */
export function mraeForm(floor: number | null): BandForm {
  const unguarded =
    floor === null
      ? 'mean |e - t| / t, nothing guarded: infinite, or not a number, where a true value is 0'
      : 'mean |e - t| / max(t, 0): infinite, or not a number, where a true value is 0';
  return {
    formula: floor ? `mean |e - t| / max(t, ${floor})` : unguarded,
    of: mrae,
    band: (sums, band) => (sums.relativeError[band] ?? 0) / sums.pixels,
  };
}

const uniform = (range: number): BandForm => ({
  formula: `mean over windows and bands of SSIM: uniform window of 7 x 7 pixels, sample covariance (49/48), K1 0.01, K2 0.03, range ${range}, windows inside`,
  asks: { ssimRanges: [range] },
  of: (sums) => ssim(sums),
  band: (sums, band) => sums.ssim[0]?.[band] ?? Number.NaN,
});

const gaussian = (weights: 'single' | 'double'): BandForm => ({
  formula: `mean over windows and bands of SSIM: Gaussian window of 11 x 11 pixels, deviation 1.5, weights in ${
    weights === 'single' ? 'float32' : 'double'
  }, variances E[x^2] - E[x]^2, K1 0.01, K2 0.03, range 1, windows inside`,
  asks: { windows: [weights] },
  of: (sums) => gaussianSsim(sums),
  band: (sums, band) => sums.gaussianSsim[0]?.[band] ?? Number.NaN,
});

/** Structural similarity. */
export const ssimForms = {
  uniform: uniform(1),
  'uniform-range-2': uniform(2),
  'gaussian-single': gaussian('single'),
  'gaussian-double': gaussian('double'),
  'whole-bands': {
    formula:
      'mean over the bands of SSIM without windows: from means and sample covariances of the whole band, C1 1e-4, C2 9e-4',
    of: globalSsim,
    band: globalSsimOfBand,
  },
} as const satisfies Record<string, BandForm>;

const byRule = (rule: NativeAngleRule, formula: string): ScoreForm => ({
  formula: `mean over the pixels of ${formula}, in degrees`,
  asks: { angles: [rule] },
  of: (sums) => samByRule(sums),
});
const angle = 'arccos(<e, t> / (|e| |t|))';

/** Spectral angle. */
export const samForms = {
  pixels: {
    formula: `mean over the pixels of ${angle}, pixels with an all-zero spectrum left out, in degrees`,
    of: sam,
  },
  'band-images': {
    formula: `no spectral angle: ${angle} of the two whole images of a band, 1e-4 added to a norm of 0, mean over the bands, in degrees`,
    of: samBetweenBandImages,
  },
  'zeros-1e-12': byRule(angleRules.coarsr, `${angle}, exact zeros as 1e-12, <e, t> rounded to float32`),
  'zeros-2e-16': byRule(
    angleRules.mcnet,
    'arccos(<e, t> / (|e| |t| + 2.2204e-16)), exact zeros as 2.2204e-16, <e, t> rounded to float32',
  ),
  epsilon: byRule(angleRules.finesr, 'arccos((<e, t> + 2^-52) / ((|e| + 2^-52) (|t| + 2^-52)))'),
  'without-black': byRule(angleRules.sspsr, `${angle}, pixels with an all-zero spectrum left out`),
  unguarded: byRule(angleRules.fcnn3d, `${angle}, not a number as soon as one pixel is black`),
} as const satisfies Record<string, ScoreForm>;

/** Relative global error. */
export const ergasForms = {
  'scale-1': {
    formula: '100 sqrt(mean over the bands of mse / (mean of t)^2)',
    of: (sums) => ergas(sums),
  },
  'scale-4': {
    formula: '100 / 4 sqrt(mean over the bands of mse / (mean of t)^2), 4 whatever the scale',
    of: (sums) => ergas(sums, 4),
  },
  'scale-32-bands-plus-1': {
    formula: '100 / 32 sqrt(sum over the bands of mse / (mean of t)^2 / (B + 1))',
    of: (sums) => ergasPublished(sums),
  },
} as const satisfies Record<string, ScoreForm>;
