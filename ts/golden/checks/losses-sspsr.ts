import { native } from '../../native/index.js';
import { fromTypedArray, type Tensor } from '../../tensor/index.js';
import type { Deviation } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { lossDeviations } from './loss-deviations.js';

/** The weight with which the file holds both variations. */
const share = 1e-3;

const terms: Readonly<Record<string, Record<string, number>>> = {
  l1: { l1: 1 },
  spatial_tv: { spatialTv: share },
  spectral_tv: { spectralTv: share },
  hybrid: { l1: 1, spatialTv: share, spectralTv: share },
};

/** The gradients of the file are rounded to float32. */
const tolerances = {
  float64: { output: 1e-9, gradient: 1e-7 },
  float32: { output: 1e-5, gradient: 1e-6 },
} as const;

function read(
  golden: GoldenFile,
  name: string,
  dtype: keyof typeof tolerances,
  requiresGrad = false,
): Tensor {
  const values = golden.values(name);
  const { shape } = golden.entry(name);
  return dtype === 'float64'
    ? fromTypedArray(values, shape, { requiresGrad })
    : fromTypedArray(Float32Array.from(values), shape, { requiresGrad });
}

/** SSPSR's loss and its terms, with their gradients, in double and in float32. */
export async function checkHybridLoss(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  for (const dtype of ['float64', 'float32'] as const) {
    for (const [name, weights] of Object.entries(terms)) {
      using prediction = read(golden, 'input/y', dtype, true);
      using truth = read(golden, 'input/gt', dtype);
      const loss = native().createLoss('supervised', { terms: weights });
      const allowed = tolerances[dtype];
      result.push(...(await lossDeviations(golden, name, loss, { prediction, truth }, allowed)));
    }
  }
  return result;
}
