import type { GoldenCheck } from '../check.js';
import { checkBandTraining } from './band-training.js';
import { checkPointSpread } from './degrade-fcnn3d.js';
import { checkFineSr } from './finesr.js';
import { checkImresize } from './imresize.js';
import { checkHybridLoss } from './losses-sspsr.js';
import { checkLosses } from './losses-unssr.js';
import { checkSuperResolutionMetrics } from './metrics-dualsr.js';
import { checkMetrics } from './metrics-unssr.js';
import { checkNetwork } from './network.js';
import { checkPatches } from './patches-dualsr.js';
import { checkTiling } from './tiling-unssr.js';
import { checkSupervisedTraining, checkUnsupervisedTraining } from './training.js';
import { checkUsamSort } from './usam-sort.js';

/** How each file is checked: by its id, or by `kind:` for all of a kind. A new algorithm adds its line. */
export const checks: Readonly<Record<string, GoldenCheck>> = {
  'kind:network': checkNetwork,
  'kind:train': checkBandTraining,
  'degrade-fcnn3d': checkPointSpread,
  finesr: checkFineSr,
  imresize: checkImresize,
  'losses-sspsr': checkHybridLoss,
  'losses-unssr': checkLosses,
  'metrics-dualsr': checkSuperResolutionMetrics,
  'metrics-unssr': checkMetrics,
  'patches-dualsr': checkPatches,
  'supervised-train': checkSupervisedTraining,
  'tiling-unssr': checkTiling,
  'unssr-train': checkUnsupervisedTraining,
  'usam-sort': checkUsamSort,
};
