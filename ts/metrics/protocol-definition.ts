import {
  type BandForm,
  ergasForms,
  mraeForm,
  psnrBandForms,
  psnrForms,
  rmseForms,
  type ScoreForm,
  samForms,
  ssimForms,
} from './score-forms.js';
import type { Scores } from './scores.js';
import type { CubeSums, SumOptions } from './sums.js';

/** How a paper or challenge scores, as data: which cubes, and which of the known forms of each score. A change of what it computes
 * is a new version. */
export interface Protocol {
  version: number;
  /** The task whose papers score so; absent: any. */
  task?: 'spectral' | 'spatial';
  /** One line for tables. */
  about: string;
  /** What it was taken from. */
  source: string;
  /** The scores that the source defines; the others are as in `field`. */
  defines: readonly (keyof Scores)[];
  /** The result is cut to [0, 1] first. */
  clip: boolean;
  /** Bands and pixels at each border that do not count. */
  margin?: { bands: number; pixels: number };
  /** Least divisor of MRAE; 0: negative true values count as 0; null: nothing is guarded. */
  mraeFloor: number | null;
  psnr: keyof typeof psnrForms;
  psnrBand: keyof typeof psnrBandForms;
  rmse: keyof typeof rmseForms;
  ssim: keyof typeof ssimForms;
  sam: keyof typeof samForms;
  ergas: keyof typeof ergasForms;
}

/** The form of each score under a protocol. */
export interface ProtocolForms extends Record<keyof Scores, ScoreForm> {
  psnrBand: BandForm;
  rmse: BandForm;
  mrae: BandForm;
  ssim: BandForm;
}

/** The forms that a protocol names. */
export function formsOf(protocol: Protocol): ProtocolForms {
  return {
    psnr: psnrForms[protocol.psnr],
    psnrBand: psnrBandForms[protocol.psnrBand],
    rmse: rmseForms[protocol.rmse],
    mrae: mraeForm(protocol.mraeFloor),
    ssim: ssimForms[protocol.ssim],
    sam: samForms[protocol.sam],
    ergas: ergasForms[protocol.ergas],
  };
}

/** What has to be summed for a protocol, and nothing more. */
export function sumOptionsOf(protocol: Protocol): SumOptions {
  const asked = Object.values(formsOf(protocol)).map(({ asks }) => asks ?? {});
  return {
    clip: protocol.clip,
    mraeFloor: protocol.mraeFloor ?? Number.NEGATIVE_INFINITY,
    ssimRanges: asked.flatMap(({ ssimRanges = [] }) => ssimRanges),
    windows: asked.flatMap(({ windows = [] }) => windows),
    angles: asked.flatMap(({ angles = [] }) => angles),
  };
}

/** The scores of sums that {@link sumOptionsOf} asked for. */
export function scoresUnder(protocol: Protocol, sums: CubeSums): Scores {
  const forms = formsOf(protocol);
  return {
    psnr: forms.psnr.of(sums),
    psnrBand: forms.psnrBand.of(sums),
    rmse: forms.rmse.of(sums),
    mrae: forms.mrae.of(sums),
    ssim: forms.ssim.of(sums),
    sam: forms.sam.of(sums),
    ergas: forms.ergas.of(sums),
  };
}

/** Scores of each band, those that a single band can have. */
export interface BandScores {
  /** Numbers of the bands in the cube, counted from 0. */
  band: number[];
  psnr: number[];
  rmse: number[];
  mrae: number[];
  ssim: number[];
}

/** The names of the scores of a band, in the order of tables. */
export const bandScoreNames = ['psnr', 'rmse', 'mrae', 'ssim'] as const;

/** The scores of each band; their means over the bands are `psnrBand`, `mrae` and `ssim` of the cube. */
export function bandScoresUnder(protocol: Protocol, sums: CubeSums): BandScores {
  const forms = formsOf(protocol);
  const first = protocol.margin?.bands ?? 0;
  const each = (form: BandForm): number[] => Array.from(sums.truth, (_, band) => form.band(sums, band));
  return {
    band: Array.from(sums.truth, (_, band) => first + band),
    psnr: each(forms.psnrBand),
    rmse: each(forms.rmse),
    mrae: each(forms.mrae),
    ssim: each(forms.ssim),
  };
}
