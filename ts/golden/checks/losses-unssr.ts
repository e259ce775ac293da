import { type NativeLossConfig, native } from '../../native/index.js';
import { scoreCube } from '../../metrics/index.js';
import { fromTypedArray, Tensor } from '../../tensor/index.js';
import { type Deviation, relativeError } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { ruleFeatures } from './features.js';
import { lossDeviations } from './loss-deviations.js';
import { sameBands, usamOf } from './usam-sort.js';

interface Case {
  /** Name in `output/` and `grad/`. */
  name: string;
  paradigm: 'supervised' | 'unsupervised';
  config: NativeLossConfig;
  input?: string;
}

function casesOf(golden: GoldenFile): Case[] {
  const { weights } = golden.config() as { weights: Record<string, number> };
  const color: Partial<NativeLossConfig> = { response: golden.values('input/filters'), rgbBands: 3 };
  const fixedIndices = [...golden.values('output/usam_idx_w1')];
  const features = { features: ruleFeatures(golden.number('gain', 1)), fixedIndices };
  const all = {
    css: weights.css ?? 0,
    bandSsim: weights.band_ssim ?? 0,
    perceptual: weights.perceptual ?? 0,
  };
  const plain = (name: string): Case => ({
    name,
    paradigm: 'supervised',
    config: { terms: { [name]: 1 }, mraeFloor: 0 },
  });
  const ours = (name: string, config: NativeLossConfig, input?: string): Case => ({
    name,
    paradigm: 'unsupervised',
    config,
    ...(input === undefined ? {} : { input }),
  });
  return [
    plain('l1'),
    plain('mrae'),
    plain('rmse'),
    ours('css', { terms: { css: 1 }, ...color }),
    ours('css_negative_input', { terms: { css: 1 }, ...color }, 'input/negative'),
    ours('band_ssim', { terms: { bandSsim: 1 } }),
    ours('band_ssim_negative_input', { terms: { bandSsim: 1 } }, 'input/negative'),
    ours('perceptual', { terms: { perceptual: 1 }, ...features }),
    ours('total', { terms: all, ...color, ...features }),
    ours('total_published', { terms: all, compat: 'published', ...color, ...features }),
  ];
}

function float32(golden: GoldenFile, name: string, requiresGrad = false): Tensor<'float32'> {
  const values = Float32Array.from(golden.values(name));
  return fromTypedArray(values, golden.entry(name).shape, { dtype: 'float32', requiresGrad });
}

function tolerance(golden: GoldenFile): number {
  return Math.max(1e-5, 4 * golden.noise('noise_y'));
}

async function checkCase(
  golden: GoldenFile,
  { name, paradigm, config, input = 'input/pred' }: Case,
): Promise<Deviation[]> {
  using prediction = float32(golden, input, true);
  using rgb = float32(golden, 'input/rgb');
  using truth = float32(golden, 'input/label');
  const inputs = paradigm === 'supervised' ? { truth } : { rgb };
  return await lossDeviations(
    golden,
    name,
    native().createLoss(paradigm, config),
    { prediction, ...inputs },
    {
      output: tolerance(golden),
      gradient: Math.max(1e-5, 4 * golden.noise('noise_g')),
    },
  );
}

async function checkPairs(golden: GoldenFile, output: string, input: string): Promise<Deviation> {
  using cube = float32(golden, input);
  using pairs = new Tensor<'float32'>(await native().neighbourSsim(cube.native, false));
  const error = relativeError(await pairs.toTypedArray(), golden.values(`output/${output}`));
  return { name: output, of: 'output', error, allowed: tolerance(golden) };
}

async function checkUsam(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  const kinds = [
    { suffix: 'w1', input: 'input/pred', options: {} },
    { suffix: 'w0.4', input: 'input/pred', options: { usamWeight: 0.4 } },
    { suffix: 'negative_clamped', input: 'input/negative', options: {} },
  ];
  for (const { suffix, input, options } of kinds) {
    const { scores, indices } = await usamOf(golden, input, options);
    const error = relativeError(scores, golden.values(`output/usam_delta_${suffix}`));
    result.push({ name: `usam_delta_${suffix}`, of: 'output', error, allowed: 1e-9 });
    const other = sameBands(indices, golden.values(`output/usam_idx_${suffix}`));
    result.push({ name: `usam_idx_${suffix}`, of: 'output', error: other, allowed: 0 });
  }
  const published = await usamOf(golden, 'input/negative', { compat: 'published' });
  const notNumbers = Array.from(published.scores, (score) => (Number.isNaN(score) ? 1 : 0));
  const error = relativeError(notNumbers, golden.values('output/usam_nan_negative'));
  result.push({ name: 'usam_nan_negative', of: 'output', error, allowed: 0 });
  return result;
}

/** The reference's PSNR of a validation patch: both clipped, one mean square a cube, the mean over the batch. */
async function checkValidationPsnr(golden: GoldenFile): Promise<Deviation> {
  const [count = 1, ...shape] = golden.entry('input/pred').shape;
  const [estimates, truths] = [golden.values('input/pred'), golden.values('input/label')];
  const size = estimates.length / count;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const part = (values: Float64Array) =>
      fromTypedArray(
        values.slice(i * size, (i + 1) * size).map((value) => Math.min(1, Math.max(0, value))),
        shape,
      );
    using estimate = part(estimates);
    using truth = part(truths);
    sum += (await scoreCube(estimate.native, truth.native, { name: golden.id })).psnr;
  }
  const error = relativeError([sum / count], golden.values('output/psnr_valid'));
  return { name: 'psnr_valid', of: 'output', error, allowed: tolerance(golden) };
}

/** The losses of both paradigms, in float32, with their gradients; the band scores in double. */
export async function checkLosses(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  for (const item of casesOf(golden)) result.push(...(await checkCase(golden, item)));
  result.push(await checkPairs(golden, 'band_ssim_pairs', 'input/pred'));
  result.push(await checkPairs(golden, 'band_ssim_negative_input_pairs', 'input/negative'));
  result.push(...(await checkUsam(golden)), await checkValidationPsnr(golden));
  return result;
}
