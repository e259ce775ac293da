import type { TrainGiven } from '../config/index.js';

/** Everything that a recipe decides and a flag may override. */
export interface Recipe {
  batch: number;
  patch: number;
  stride: number;
  augment: boolean;
  /** Stretch each RGB patch to its own minimum and maximum. */
  stretch: boolean;
  optimizer: 'adam' | 'adamw';
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
  lr: number;
  schedule: 'constant' | 'poly' | 'step' | 'cosine';
  /** Steps of warm-up, or, below 1, the part of the run. */
  warmup: number;
  power: number;
  minLr: number;
  stepSize: number;
  gamma: number;
  /** Largest norm of the gradient; 0 does not clip. */
  clip: number;
  accumulate: number;
  /** Decay of the averaged weights; 0 does not average. */
  ema: number;
  channelsLast: boolean;
  /** Supervised loss. */
  loss: string;
  mraeFloor: number;
  colourWeight: number;
  similarityWeight: number;
  perceptualWeight: number;
  /** Part of an unsupervised run that starts from the smoothest cubes with the colours of the images. */
  smoothStart: number;
  shift: 'batch-min' | 'none';
  indices: 'batch' | 'per-sample';
  valPatches: number;
  /** Spatial: parts of a scene's size at which it is shown. */
  sizeFactors: string;
  stepPer: 'cube' | 'band';
  /** Spatial: standard deviation of the noise on the low-resolution cubes. */
  noise: number;
  /** Spatial: places in a scene, each in five positions; 0: the grid of `stride`. */
  patchesPerScene: number;
  /** Spatial: networks that correct an interpolated cube begin at it, by their option of this name. */
  zeroStart: boolean;
  /** Epochs between two drops of the step schedule; 0: `stepSize`. */
  stepEpochs: number;
  /** Length of the run where the user gives none. */
  length: { steps: number } | { minutes: number } | { epochs: number };
}

export type Paradigm = 'supervised' | 'unsupervised';
/** What a run is, as far as recipes and options go: the paradigm of a spectral network, or a spatial one. */
export type RunKind = Paradigm | 'spatial';
export type RecipeName = 'default' | 'published';

const common = {
  optimizer: 'adam',
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  power: 1.5,
  stepSize: 1000,
  gamma: 0.5,
  accumulate: 1,
  loss: 'mrae',
  mraeFloor: 1e-3,
  // The three weights of UnSSR: colour, neighbouring bands, perceptual.
  colourWeight: 1,
  similarityWeight: 0.3,
  perceptualWeight: 0.001,
  smoothStart: 0,
  shift: 'batch-min',
  indices: 'batch',
  valPatches: 32,
  sizeFactors: '1',
  stepPer: 'cube',
  noise: 0,
  patchesPerScene: 0,
  stepEpochs: 0,
  zeroStart: true,
} as const satisfies Partial<Recipe>;

/** The recipes, by kind and name. `default` is for two cores and minutes, `published` is what the papers state. */
export const recipes: Readonly<Record<RunKind, Readonly<Record<RecipeName, Recipe>>>> = {
  unsupervised: {
    default: {
      ...common,
      batch: 4,
      patch: 32,
      stride: 16,
      augment: true,
      stretch: false,
      lr: 1e-3,
      schedule: 'cosine',
      warmup: 0.05,
      minLr: 1e-6,
      clip: 1,
      ema: 0.99,
      channelsLast: true,
      smoothStart: 0.5,
      length: { minutes: 10 },
    },
    // Uncertainty-guided-UnSSR@a441a9e, main.py.
    published: {
      ...common,
      batch: 20,
      patch: 128,
      stride: 64,
      augment: false,
      stretch: false,
      lr: 1e-4,
      schedule: 'poly',
      warmup: 0,
      minLr: 0,
      clip: 0,
      ema: 0,
      channelsLast: false,
      length: { steps: 94_500 },
    },
  },
  supervised: {
    default: {
      ...common,
      batch: 8,
      patch: 32,
      stride: 16,
      augment: true,
      stretch: false,
      lr: 2e-3,
      schedule: 'cosine',
      warmup: 0.03,
      minLr: 1e-6,
      clip: 1,
      ema: 0.99,
      channelsLast: true,
      loss: 'l1',
      length: { minutes: 10 },
    },
    // MST++ toolbox@18e2032, train_code/train.py.
    published: {
      ...common,
      batch: 20,
      patch: 128,
      stride: 8,
      augment: true,
      stretch: true,
      lr: 4e-4,
      schedule: 'cosine',
      warmup: 0,
      minLr: 1e-6,
      clip: 0,
      ema: 0,
      channelsLast: false,
      length: { steps: 300_000 },
    },
  },
  spatial: {
    default: {
      ...common,
      batch: 2,
      patch: 12,
      stride: 6,
      augment: true,
      stretch: false,
      lr: 1e-3,
      schedule: 'cosine',
      warmup: 0.05,
      minLr: 1e-6,
      clip: 1,
      ema: 0.99,
      channelsLast: true,
      loss: 'l1',
      sizeFactors: '1,0.75,0.5',
      valPatches: 16,
      length: { minutes: 10 },
    },
    // The readme of DualSR@46c566a and the patch scripts of MCNet@dff2921; CoarSR's script takes one step a band (--step-per band) and
    // drops the rate to a tenth (--gamma 0.1).
    published: {
      ...common,
      batch: 64,
      patch: 32,
      stride: 32,
      augment: true,
      stretch: false,
      lr: 1e-4,
      schedule: 'step',
      stepEpochs: 30,
      warmup: 0,
      minLr: 0,
      clip: 0,
      ema: 0,
      channelsLast: false,
      loss: 'l1',
      sizeFactors: '1,0.75,0.5',
      patchesPerScene: 24,
      zeroStart: false,
      length: { epochs: 85 },
    },
  },
};

/** The recipe of a run: the named one, with what the user gave in place of its values. */
export function recipeFor(kind: RunKind, name: RecipeName, given: TrainGiven): Recipe {
  const recipe = recipes[kind][name];
  const overrides: Record<string, unknown> = {};
  for (const key of Object.keys(recipe)) {
    const value = (given as Record<string, unknown>)[key];
    if (value !== undefined) overrides[key] = value;
  }
  return { ...recipe, ...overrides };
}
