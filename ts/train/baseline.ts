import { patchGrid } from '../data/index.js';
import { native } from '../native/index.js';
import { nativeConfig } from './native-config.js';
import type { TrainingData } from './scenes.js';
import type { MachineOptions } from './session.js';

/** The root-polynomial regression of the training scenes: the line that a network has to beat. */
export interface Baseline {
  /** `[bands][features]`. */
  weights: number[][];
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

/** Fits the regression on the training scenes and scores it on the held-back patches. It sees the cubes, whatever the
 * paradigm: it is shown beside the network and never chooses anything. */
export async function fitBaseline(data: TrainingData, options: MachineOptions): Promise<Baseline | null> {
  if (!data.hasCubes) return null;
  const { patch, batch, seed } = options;
  const model = native().createModel('rootpoly', { inBands: 3, outBands: data.bands }, seed);
  const config = nativeConfig({ ...options, ...fitting }, data.camera, 1);
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
    return { weights, scores: { psnr } };
  } finally {
    trainer.dispose();
    model.dispose();
  }
}
