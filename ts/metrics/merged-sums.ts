import type { CubeSums, SumOptions } from './sums.js';

/** Rows below a strip that the windows of these scores reach into. */
export function haloOf({ ssimRanges, windows = [], quality = false }: SumOptions): number {
  return Math.max(ssimRanges.length > 0 ? 6 : 0, windows.length > 0 ? 10 : 0, quality ? 7 : 0);
}

type Bands = Float64Array;

function added(a: Bands, b: Bands): Bands {
  return a.map((value, band) => value + (b[band] ?? 0));
}

/** Mean over the windows of both; a part without windows has a mean of NaN, which does not count. */
function meanOf(a: ArrayLike<number>, inA: number, b: ArrayLike<number>, inB: number): number[] {
  if (inB === 0) return Array.from(a);
  if (inA === 0) return Array.from(b);
  return Array.from(a, (mean, band) => (mean * inA + (b[band] ?? 0) * inB) / (inA + inB));
}

function windowMeans(a: readonly Bands[], inA: number, b: readonly Bands[], inB: number): Bands[] {
  return a.map((mean, i) => Float64Array.from(meanOf(mean, inA, b[i] ?? [], inB)));
}

/** The sums of two parts of a cube that have no pixel in common: those of the strips above, and of the next strip. Only rounding (some
 * 1e-15) tells them from the sums of the whole. */
export function mergedSums(a: CubeSums, b: CubeSums): CubeSums {
  return {
    pixels: a.pixels + b.pixels,
    squaredError: added(a.squaredError, b.squaredError),
    absoluteError: added(a.absoluteError, b.absoluteError),
    relativeError: added(a.relativeError, b.relativeError),
    floored: added(a.floored, b.floored),
    product: added(a.product, b.product),
    estimateSquare: added(a.estimateSquare, b.estimateSquare),
    truthSquare: added(a.truthSquare, b.truthSquare),
    truth: added(a.truth, b.truth),
    estimate: added(a.estimate, b.estimate),
    errorBesideOne: added(a.errorBesideOne, b.errorBesideOne),
    divergence: added(a.divergence, b.divergence),
    clippedError: added(a.clippedError, b.clippedError),
    truthMost: a.truthMost.map((most, band) => Math.max(most, b.truthMost[band] ?? 0)),
    angle: a.angle + b.angle,
    anglePixels: a.anglePixels + b.anglePixels,
    angles: a.angles.map(({ radians, pixels }, i) => ({
      radians: radians + (b.angles[i]?.radians ?? 0),
      pixels: pixels + (b.angles[i]?.pixels ?? 0),
    })),
    ssim: windowMeans(a.ssim, a.ssimWindows, b.ssim, b.ssimWindows),
    gaussianSsim: windowMeans(a.gaussianSsim, a.gaussianWindows, b.gaussianSsim, b.gaussianWindows),
    quality: meanOf(a.quality, a.qualityWindows, b.quality, b.qualityWindows),
    ssimWindows: a.ssimWindows + b.ssimWindows,
    gaussianWindows: a.gaussianWindows + b.gaussianWindows,
    qualityWindows: a.qualityWindows + b.qualityWindows,
    notFinite: {
      truth: a.notFinite.truth + b.notFinite.truth,
      result: a.notFinite.result + b.notFinite.result,
      ignored: a.notFinite.ignored + b.notFinite.ignored,
      first: Math.max(a.notFinite.first, b.notFinite.first),
      firstInTruth: a.notFinite.firstInTruth,
    },
  };
}
