import { join } from 'node:path';
import test from 'tape';
import { readSafetensors } from '../../../ts/io/index.js';
import { type NativeLossConfig, type NativeTensor, native, type Paradigm } from '../../../ts/native/index.js';
import { root } from '../shared-folder.js';
import {
  type Comparison,
  type GoldenFile,
  goldenNumbers,
  goldenTensor,
  metadataNumber,
  relativeError,
  vggByRule,
} from './golden-comparison.js';
import { numbersOf } from './tiny.js';

type Width = 'float32' | 'float64';

/** A loss of the file: what it is called there, how it is computed here, and from which input. */
interface Case {
  name: string;
  paradigm: Paradigm;
  config: NativeLossConfig;
  input: 'pred' | 'negative';
  /** Golden gradient; null where the published form has none. */
  grad: string | null;
}

const weights = { css: 1, bandSsim: 0.3, perceptual: 0.001 };

function supervised(name: string, config: Partial<NativeLossConfig> = {}): Case {
  return {
    name,
    paradigm: 'supervised',
    config: { terms: { [name]: 1 }, ...config },
    input: 'pred',
    grad: name,
  };
}

function unsupervised(name: string, terms: Record<string, number>, changes: Partial<Case> = {}): Case {
  return { name, paradigm: 'unsupervised', config: { terms }, input: 'pred', grad: name, ...changes };
}

const published = (terms: Record<string, number>): NativeLossConfig => ({ terms, compat: 'published' });

const cases: readonly Case[] = [
  unsupervised('css', { css: 1 }),
  unsupervised('css_negative_input', { css: 1 }, { input: 'negative' }),
  unsupervised('band_ssim', { bandSsim: 1 }),
  unsupervised('band_ssim_negative_input', { bandSsim: 1 }, { input: 'negative' }),
  unsupervised('band_ssim_published', {}, { config: published({ bandSsim: 1 }), grad: null }),
  unsupervised('perceptual', { perceptual: 1 }),
  unsupervised('total', weights),
  unsupervised('total_published', {}, { config: published(weights) }),
  supervised('mrae', { compat: 'published' }),
  supervised('l1'),
  supervised('rmse'),
];

async function checkLossesUnssr(golden: GoldenFile): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const width of ['float32', 'float64'] as const) {
    for (const one of cases) comparisons.push(...(await checkCase(golden, one, width)));
    comparisons.push(...(await checkPairs(golden, width)), ...(await checkBandChoice(golden, width)));
  }
  return comparisons;
}

function valueTolerance(golden: GoldenFile, width: Width): number {
  return width === 'float64' ? 1e-9 : Math.max(1e-5, 4 * metadataNumber(golden, 'noise_y', 0));
}

async function checkCase(golden: GoldenFile, one: Case, width: Width): Promise<Comparison[]> {
  const filters = goldenNumbers(golden, 'input/filters');
  const loss = native().createLoss(one.paradigm, {
    ...one.config,
    response: Float64Array.from(filters),
    rgbBands: 3,
    features: vggByRule(metadataNumber(golden, 'gain', 1)),
  });
  const prediction = goldenTensor(golden, `input/${one.input}`, width);
  prediction.setRequiresGrad(true);
  const value = await loss.compute(
    {
      prediction,
      rgb: goldenTensor(golden, 'input/rgb', width),
      truth: goldenTensor(golden, 'input/label', width),
    },
    true,
  );
  const comparisons = [await compareValue(golden, `output/${one.name}`, value.total, width)];
  if (one.grad !== null) {
    await native().backward(value.total, null, false);
    comparisons.push(await compareGradient(golden, `grad/${one.grad}`, prediction.grad, width));
  } else {
    const error = value.total.requiresGrad ? 1 : 0;
    comparisons.push({ name: `${one.name} has no gradient ${width}`, error, tolerance: 0 });
  }
  return comparisons;
}

async function compareValue(golden: GoldenFile, name: string, found: NativeTensor, width: Width) {
  const error = relativeError(await numbersOf(found), goldenNumbers(golden, name));
  return { name: `${name} ${width}`, error, tolerance: valueTolerance(golden, width) };
}

async function compareGradient(golden: GoldenFile, name: string, found: NativeTensor | null, width: Width) {
  const ours = found === null ? [] : await numbersOf(found);
  const tolerance = Math.max(1e-5, 4 * metadataNumber(golden, 'noise_g', 0));
  return { name: `${name} ${width}`, error: relativeError(ours, goldenNumbers(golden, name)), tolerance };
}

async function checkPairs(golden: GoldenFile, width: Width): Promise<Comparison[]> {
  const pairs = async (input: string): Promise<NativeTensor> =>
    native().neighbourSsim(goldenTensor(golden, `input/${input}`, width), false);
  return [
    await compareValue(golden, 'output/band_ssim_pairs', await pairs('pred'), width),
    await compareValue(golden, 'output/band_ssim_negative_input_pairs', await pairs('negative'), width),
  ];
}

async function checkBandChoice(golden: GoldenFile, width: Width): Promise<Comparison[]> {
  const tolerance = Math.max(width === 'float64' ? 1e-9 : 1e-5, 4 * metadataNumber(golden, 'noise_y', 0));
  const comparisons: Comparison[] = [];
  for (const [name, input, usamWeight] of [
    ['w1', 'pred', 1],
    ['w0.4', 'pred', 0.4],
    ['negative_clamped', 'negative', 1],
  ] as const) {
    const { scores, indices } = await native().usam(goldenTensor(golden, `input/${input}`, width), {
      usamWeight,
    });
    const idx = relativeError(await numbersOf(indices), goldenNumbers(golden, `output/usam_idx_${name}`));
    const delta = `output/usam_delta_${name}`;
    const error = relativeError(await numbersOf(scores), goldenNumbers(golden, delta));
    comparisons.push({ name: `${delta} ${width}`, error, tolerance });
    comparisons.push({ name: `output/usam_idx_${name} ${width}`, error: idx, tolerance: 0 });
  }
  const { scores } = await native().usam(goldenTensor(golden, 'input/negative', width), {
    compat: 'published',
  });
  const missing = (await numbersOf(scores)).map((score) => (Number.isNaN(score) ? 1 : 0));
  const error = relativeError(missing, goldenNumbers(golden, 'output/usam_nan_negative'));
  comparisons.push({ name: `output/usam_nan_negative ${width}`, error, tolerance: 0 });
  return comparisons;
}

test('losses, gradients and band choice equal golden losses-unssr in float32 and in double', async (t) => {
  const golden = await readSafetensors(join(root, 'test', 'golden', 'losses-unssr.safetensors'));
  for (const { name, error, tolerance } of await checkLossesUnssr(golden)) {
    t.ok(error <= tolerance, `${name}: ${error.toExponential(1)}, tolerance ${tolerance.toExponential(1)}`);
  }
});
