import {
  angleRules,
  appsa,
  type CubeSums,
  crossCorrelation,
  cubeSums,
  ergas,
  gaussianSsim,
  globalSsim,
  mare,
  psnr,
  psnrAtMost100,
  psnrBand,
  psnrOfBandPeaks,
  qave,
  rmse,
  samByRule,
  sid,
  ssim,
} from '../../metrics/index.js';
import type { NativeTensor } from '../../native/index.js';
import { fromTypedArray } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';

const ruleNames = Object.keys(angleRules) as (keyof typeof angleRules)[];

/** Every score of the super-resolution papers' scripts, as these compute them of float64 cubes. */
export async function checkSuperResolutionMetrics(golden: GoldenFile): Promise<Deviation[]> {
  const cases = new Set(golden.below('input/').map((name) => name.replace(/\/.*/, '')));
  const result: Deviation[] = [];
  for (const name of cases) {
    const read = (part: string) => {
      const entry = `input/${name}/${part}`;
      return fromTypedArray(golden.values(entry), golden.entry(entry).shape);
    };
    using estimate = read('sr');
    using truth = read('hr');
    const found = await scoresOf(estimate.native, truth.native);
    for (const [score, value] of Object.entries(found)) {
      const allowed = toleranceOf(name, score);
      if (allowed === undefined) continue;
      const error = relativeError([value], golden.values(`output/${name}/${score}/f64`));
      result.push({ name: `${name}/${score}`, of: 'output', error, allowed });
    }
  }
  return result;
}

/** The numbers of one case, by the path of their golden value. */
async function scoresOf(estimate: NativeTensor, truth: NativeTensor): Promise<Record<string, number>> {
  const sums = await cubeSums(estimate, truth, {
    clip: false,
    mraeFloor: 0,
    ssimRanges: [1],
    angles: ruleNames.map((name) => angleRules[name]),
    windows: ['double', 'single'],
    quality: true,
    divergence: true,
  });
  const ofScripts = { psnr: psnrAtMost100(sums), ssim: gaussianSsim(sums, 1) };
  const scores = {
    coarsr: ofScripts,
    mcnet: ofScripts,
    finesr: { psnr: psnr(sums), ssim: gaussianSsim(sums, 0) },
    sspsr: sspsrScores(sums),
    fcnn3d: { psnr: psnrOfBandPeaks(sums), ssim: globalSsim(sums) },
  };
  const found: Record<string, number> = {};
  for (const [definition, values] of Object.entries(scores)) {
    for (const [score, value] of Object.entries(values)) found[`${definition}/${score}`] = value;
    const rule = ruleNames.indexOf(definition as keyof typeof angleRules);
    found[`${definition}/sam`] = samByRule(sums, rule);
  }
  return found;
}

function sspsrScores(sums: CubeSums): Record<string, number> {
  return {
    mpsnr: psnrBand(sums),
    mssim: ssim(sums),
    ergas4: ergas(sums, 4),
    cc: crossCorrelation(sums),
    rmse: rmse(sums),
    sid: sid(sums),
    appsa: appsa(sums, ruleNames.indexOf('appsa')),
    mare: mare(sums),
    qave: qave(sums),
  };
}

/** What the file's own note allows: SSPSR's scripts round to float32 inside; near an angle of 0 the arccosine magnifies rounding, and what
 * the other scripts make of cosines above 1 is information. Undefined: not to be held to. */
function toleranceOf(name: string, score: string): number | undefined {
  if (name === 'exact' && score.endsWith('/sam')) return score.startsWith('finesr') ? 1e-6 : undefined;
  if (score === 'sspsr/appsa') return 2e-4;
  return /^sspsr\/(sam|ergas4|cc|rmse|sid|mare)$/.test(score) ? 1e-5 : 1e-9;
}
