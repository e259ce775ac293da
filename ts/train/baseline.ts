import { patchGrid } from '../data/index.js';
import { native } from '../native/index.js';
import { Tensor, tidy } from '../tensor/index.js';
import { scaleOf } from './model-check.js';
import { nativeConfig, reductionOf } from './native-config.js';
import type { TrainingData } from './scenes.js';
import type { MachineOptions } from './session.js';

/** The line that a network has to beat: the root-polynomial regression of the training scenes, or for a spatial network bicubic
 * interpolation. */
export interface Baseline {
  name: 'rootpoly' | 'bicubic';
  /** `[bands][features]` of the regression. */
  weights: number[][] | null;
  /** PSNR on the held-back patches. */
  scores: Record<string, number>;
}

/** A fit has no steps; scores are those of plain RGB. */
const fitting = {
  paradigm: 'supervised',
  loss: 'mrae',
  schedule: 'constant',
  warmup: 0,
  stretch: false,
  ema: 0,
  precision: 'float32',
} as const;

/** PSNR of bicubic enlargement on the held-back patches, as validation measures it. */
async function bicubicScores(data: TrainingData, options: MachineOptions): Promise<Record<string, number>> {
  const scale = scaleOf(options);
  const patch = options.patch * scale;
  const plan = { patch, ...reductionOf(options, data), seed: options.seed, cubes: true };
  const { rgb, cube } = await data.store.sample(data.validationPlan, plan);
  return tidy(async () => {
    const small = new Tensor<'float32'>(rgb);
    const truth = new Tensor<'float32'>(cube ?? rgb);
    const large = await small.imresize({ style: 'matlab', scale });
    const error = await (await (await large.clamp({ min: 0, max: 1 })).sub(truth)).square();
    const each = await (await error.mean({ dim: [1, 2, 3] })).toTypedArray();
    return { psnr: each.reduce((sum, mse) => sum - 10 * Math.log10(mse), 0) / each.length };
  });
}

/** Fits the regression on the training scenes and scores it on the held-back patches. It sees the cubes, whatever the
 * paradigm: it is shown beside the network and never chooses anything. */
export async function fitBaseline(data: TrainingData, options: MachineOptions): Promise<Baseline | null> {
  if (!data.hasCubes) return null;
  if (options.task === 'spatial') {
    return { name: 'bicubic', weights: null, scores: await bicubicScores(data, options) };
  }
  const { patch, batch, seed } = options;
  const model = native().createModel('rootpoly', { inBands: 3, outBands: data.bands }, seed);
  const config = nativeConfig({ ...options, ...fitting }, data, 1);
  const trainer = native().createTrainer(model, data.store, { ...config, batch });
  try {
    await trainer.fit(patchGrid(data.training, patch, patch));
    const { psnr = Number.NaN } = await trainer.validate(data.validationPlan);
    const weight = model.state().get('weight');
    if (weight === undefined) return null;
    const values = Array.from(await native().toTypedArray(weight), Number);
    const features = weight.shape[1] ?? 1;
    weight.dispose();
    const weights = Array.from({ length: data.bands }, (_, band) =>
      values.slice(band * features, (band + 1) * features),
    );
    return { name: 'rootpoly', weights, scores: { psnr } };
  } finally {
    trainer.dispose();
    model.dispose();
  }
}
