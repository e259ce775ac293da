import type { BenchCase } from '../case.js';
import type { FigureCase } from '../figure.js';
import { measureInTurn } from '../measure.js';

/** The losses of UnSSR together, forward and backward, over the training step of the network that they train. */
export const unssrLosses: FigureCase = {
  part: 'losses',
  async measure({ effort, ours }) {
    const common = {
      model: 'sfformer',
      size: 128,
      batch: 2,
      bands: 3,
      scale: 1,
      precision: 'float32',
    } as const;
    const cases: BenchCase[] = [
      { ...common, name: 'losses', mode: 'losses' },
      { ...common, name: 'step', mode: 'training' },
    ];
    const [losses, step] = (await measureInTurn(cases, ours, effort)) ?? [];
    if (losses === undefined || step === undefined) return [];
    return [
      {
        name: 'UnSSR losses / training step, sfformer 128, batch 2',
        unit: '',
        value: losses.seconds / step.seconds,
        limit: 0.4,
        parts: { 'losses ms': losses.seconds * 1000, 'step ms': step.seconds * 1000 },
      },
    ];
  },
};
