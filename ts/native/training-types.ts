/** What the addon exports for training, sampling and scoring. */

import type { NativeMirroredFilter, NativeModel, NativeTensor, Precision } from './types.js';

/** The training part of the addon's exports. */
export interface NativeTrainingAddon {
  /** Sums for scores over two cubes `[bands, height, width]` of float32 or float64, scaled to [0, 1], computed in
   * double whatever the number of threads. Throws TENSOR_SHAPE, TENSOR_DTYPE. */
  cubeScores(
    estimate: NativeTensor,
    truth: NativeTensor,
    options: NativeCubeScoreOptions,
  ): Promise<NativeCubeScores>;

  createSceneStore(): NativeSceneStore;
  /** Throws CONFIG_LOSS, CONFIG_CAMERA, CHECKPOINT_KEYS, CHECKPOINT_SHAPE. */
  createLoss(paradigm: Paradigm, config: NativeLossConfig): NativeLoss;
  /** The three bands of largest uncertainty score of a cube `[B, C, H, W]`, descending: `indices` int64 `[3]` and
   * `scores` float64 `[C]`, or `[B, 3]` and `[B, C]` for `per-sample`. */
  usam(
    cube: NativeTensor,
    options: NativeUsamOptions,
  ): Promise<{ indices: NativeTensor; scores: NativeTensor }>;
  /** SSIM of each band of `[B, C, H, W]` with the next over the batch, `[C - 1]`; bandSsim is 1 minus its mean. */
  neighbourSsim(cube: NativeTensor, grad: boolean): Promise<NativeTensor>;
  /** Adam or AdamW over tensors that are shared, not copied. */
  createOptimizer(
    parameters: Map<string, NativeTensor>,
    config: Omit<NativeOptimizerConfig, 'lr'>,
  ): NativeOptimizer;
  /** Rate of a step (0, 1, ..) in double; see cpp/train/schedule.h for the formulas. Throws CONFIG_SCHEDULE. */
  learningRate(lr: number, schedule: NativeSchedule, step: number): number;
  /** The trainer shares the network's weights and keeps the store alive. With `channelsLast` (the default) the weights
   * of convolutions change their memory order. Throws CONFIG_*. */
  createTrainer(model: NativeModel, store: NativeSceneStore, config: NativeTrainerConfig): NativeTrainer;
}

/** What cubeScores computes besides the plain sums. */
export interface NativeCubeScoreOptions {
  /** Clamp the estimate to [0, 1] first. */
  clip?: boolean;
  /** The divisor of a relative error is at least this; 0 (the default) divides by the truth itself. */
  mraeFloor?: number;
  /** One SSIM for each data range. */
  ssimRanges?: number[];
  /** Also give the angle and the error of each pixel. */
  maps?: boolean;
  /** One sum of angles for each rule. */
  angles?: NativeAngleRule[];
  /** One Gaussian SSIM for each window. */
  windows?: GaussianWindow[];
  /** Also the universal quality index. */
  quality?: boolean;
  /** Also the spectral information divergence. */
  divergence?: boolean;
  /** Rows that count; those below are there for the windows that begin above them. Default: all. */
  rows?: number;
  /** Leave out pixels that hold NaN or infinity; else cubes with such values are not summed, and `notFinite` alone says something. */
  skip?: boolean;
  /** True value that says that there is none: its pixel is left out. */
  ignored?: number;
}

/** How the angle between two spectra is taken: arccos of (e . t + productEpsilon) / ((|e| + normEpsilon) (|t| + normEpsilon) +
 * denominatorEpsilon), cut to [-1, 1]. What is left out is 0 or false. */
export interface NativeAngleRule {
  /** Stands for values that are exactly 0. */
  zero?: number;
  productEpsilon?: number;
  normEpsilon?: number;
  denominatorEpsilon?: number;
  /** e . t is rounded to float32. */
  singleProduct?: boolean;
  /** Pixels with an all-zero spectrum do not count. */
  skipBlack?: boolean;
}

/** Precision of the Gaussian window's weights. */
export type GaussianWindow = 'double' | 'single';

/** Sums over the pixels; the arrays have one entry a band. e: estimate, t: truth. */
export interface NativeCubeScores {
  /** Those that count. */
  pixels: number;
  /** (e - t)^2 */
  squaredError: Float64Array;
  /** |e - t| */
  absoluteError: Float64Array;
  /** |e - t| / max(t, mraeFloor) */
  relativeError: Float64Array;
  /** How many t were below the floor. */
  floored: Float64Array;
  /** e t */
  product: Float64Array;
  /** e^2 */
  estimateSquare: Float64Array;
  /** t^2 */
  truthSquare: Float64Array;
  /** t */
  truth: Float64Array;
  /** Sum of the angles between the spectra of a pixel, in radians, over `anglePixels` pixels: those where neither
   * spectrum is all zero. */
  angle: number;
  anglePixels: number;
  /** For each of ssimRanges the mean SSIM of each band (7 x 7 uniform window, sample covariance, K1 0.01, K2 0.03,
   * windows inside the image); NaN where height or width is below 7. */
  ssim: Float64Array[];
  /** e */
  estimate: Float64Array;
  /** The largest t, at least 0. */
  truthMost: Float64Array;
  /** |e - t| / (t + 1) */
  errorBesideOne: Float64Array;
  /** (e - t) lg((e + 0.001) / (t + 0.001)); 0 without `divergence`. */
  divergence: Float64Array;
  /** (e - t)^2, both cut to [0, 1] */
  clippedError: Float64Array;
  /** For each of `angles` the sum over the pixels that count, and how many these are. */
  angles: { radians: number; pixels: number }[];
  /** For each of `windows` the mean SSIM of each band; NaN where height or width is below 11. */
  gaussianSsim: Float64Array[];
  /** Mean universal quality index of each band, NaN where height or width is below 8; empty without `quality`. */
  quality: number[];
  /** Windows of a band that these means are over. */
  ssimWindows: number;
  gaussianWindows: number;
  qualityWindows: number;
  /** What cannot be scored: values that are NaN or infinite in the truth and in the result, true values equal to `ignored`, and the
   * index `[band, row, column]` of the first that is not finite, -1 where there is none. */
  notFinite: { truth: number; result: number; ignored: number; first: number; firstInTruth: boolean };
  /** `[height, width]` float32 radians, NaN where undefined; with `maps`. */
  angleMap?: NativeTensor;
  /** `[height, width]` float32, root mean square over the bands; with `maps`. */
  rmseMap?: NativeTensor;
}

/** Values `[bands, height, width]`, as stored; `scale` divides to [0, 1]. */
export interface NativePlane {
  values: Uint8Array | Uint16Array | Float32Array;
  bands: number;
  scale: number;
}

/** Values in a file that is mapped: tile after tile from `offset` to the end, row by row of tiles, each `[bands, rows, columns]` with
 * `tile` rows and columns, fewer at the lower and right edge. */
export interface NativeMappedPlane {
  file: string;
  offset: number;
  dtype: 'uint8' | 'uint16' | 'float16' | 'float32';
  tile: number;
  bands: number;
  scale: number;
}

/** Decoded scenes, held natively in their stored type. */
export interface NativeSceneStore {
  /** Takes over a copy of the values; returns the scene's number, 0, 1, ... `name` is for messages. Throws DATA_SCENE
   * for planes that disagree in size, or in bands with the scenes before; DATA_MISSING, DATA_UNREADABLE, DATA_TRUNCATED for a
   * file to map. */
  add(scene: {
    name?: string;
    cube?: NativePlane | NativeMappedPlane;
    rgb?: NativePlane | NativeMappedPlane;
    height: number;
    width: number;
  }): number;
  /** Adds a part of a scene's cube at another size (MATLAB's bicubic, sides rounded up), in [0, 1]; returns its number. */
  addResized(
    scene: number,
    area: { row: number; column: number; height: number; width: number },
    factor: number,
  ): Promise<number>;
  /** What `addResized` adds: `[bands, height, width]` float32. */
  resized(
    scene: number,
    area: { row: number; column: number; height: number; width: number },
    factor: number,
  ): Promise<NativeTensor>;
  readonly count: number;
  /** Of what is in memory; mapped planes take what the system leaves them. */
  readonly bytes: number;
  /** One batch as training sees it, `[B, bands, patch, patch]` float32: for tests, previews and loops of one's own. */
  sample(
    plan: Int32Array,
    options: NativeSampling,
  ): Promise<{ rgb: NativeTensor; cube: NativeTensor | null }>;
  /** Trainers that use the store keep it alive. */
  dispose(): void;
}

/** How RGB is made from a cube patch: `exposure * response^T y / 255`, linear; then noise; then rounding. */
export interface NativeCamera {
  /** Row-major `[bands, rgbBands]`; columns sum to 255 (the convention of the NTIRE tables). */
  response: Float64Array;
  rgbBands: number;
  exposure?: number;
  /** Standard deviation of normal noise, seeded by the sample's number in the run. */
  noise?: number;
  /** Clamp to [0, 1] and round to 2^bits - 1 levels; 0: neither. */
  bits?: number;
}

export interface NativeSampling {
  patch: number;
  /** Absent: the scenes' own RGB images. */
  camera?: NativeCamera;
  /** Normalise each RGB patch by the minimum and maximum of its whole image (the MST++ toolbox's way). */
  stretch?: boolean;
  /** Give the cubes too. */
  cubes?: boolean;
  /** Spatial: instead of RGB, the cube made smaller by this factor (bicubic, anti-aliased); `patch` is the side of the large cube. */
  scale?: number;
  /** Blur before that; one whose stride is the scale makes the smaller cube by itself, and `border` then its outermost ring. */
  blur?: NativeMirroredFilter;
  border?: NativeMirroredFilter;
  /** Standard deviation of normal noise on the smaller cube. */
  noise?: number;
  /** Of the noise. */
  seed?: number;
  /** Number of the first row in the whole run; noise follows it. */
  first?: number;
}

export type Paradigm = 'supervised' | 'unsupervised';

/** How the perceptual term's bands are chosen. */
export interface NativeUsamOptions {
  indices?: 'batch' | 'per-sample';
  compat?: 'default' | 'published';
  /** The reference's 1x1 convolution; default 1. */
  usamWeight?: number;
}

export interface NativeLossConfig extends NativeUsamOptions {
  /** supervised: name to weight, of mrae, l1, rmse, mse, sam (radians). unsupervised: css, bandSsim, perceptual. A
   * weight of 0 leaves the term out. */
  terms: Record<string, number>;
  /** css: take the minimum of the batch off (default), or not. */
  shift?: 'batch-min' | 'none';
  /** Three bands instead of usam's choice. */
  fixedIndices?: number[];
  /** Default 1e-3; published: 0, which divides by the truth itself. */
  mraeFloor?: number;
  /** For css; a trainer falls back on its camera's. */
  response?: Float64Array;
  rgbBands?: number;
  /** VGG-16 by torchvision's keys `features.N.weight|bias`; absent: He-normal random ones from featureSeed. */
  features?: Map<string, NativeTensor>;
  /** Default 16. */
  featureSeed?: number;
  /** Unsupervised: share of the smooth start in the total, 0 (default) to 1; a trainer sets it step by step. */
  smoothStart?: number;
}

export interface NativeLoss {
  /** What the perceptual term compares in. */
  readonly features: 'none' | 'random' | 'given';
  /** prediction, truth: `[B, C, H, W]`; rgb: `[B, K, H, W]`. `total` is a differentiable scalar where `grad`; `terms`
   * are the values before their weights; `indices` the bands of the perceptual term. */
  compute(
    inputs: { prediction: NativeTensor; rgb?: NativeTensor; truth?: NativeTensor },
    grad: boolean,
  ): Promise<{ total: NativeTensor; terms: Record<string, NativeTensor>; indices: NativeTensor | null }>;
}

export interface NativeOptimizerConfig {
  kind: 'adam' | 'adamw';
  lr: number;
  beta1?: number;
  beta2?: number;
  eps?: number;
  weightDecay?: number;
}

export interface NativeOptimizer {
  /** One update from the gradients there are; clips their whole norm to `clipNorm` first, unless 0. Resolves to the
   * norm before clipping. */
  step(lr: number, clipNorm: number): Promise<number>;
  zeroGrad(): Promise<void>;
  state(): Promise<Map<string, NativeTensor>>;
  loadState(state: Map<string, NativeTensor>): Promise<void>;
}

export interface NativeSchedule {
  kind: 'constant' | 'poly' | 'step' | 'cosine';
  /** Length of poly and cosine, warm-up included. */
  totalSteps?: number;
  warmupSteps?: number;
  power?: number;
  minLr?: number;
  stepSize?: number;
  gamma?: number;
}

export interface NativeTrainerConfig extends NativeSampling {
  paradigm: Paradigm;
  loss: NativeLossConfig;
  optimizer: NativeOptimizerConfig;
  schedule: NativeSchedule;
  batch: number;
  /** Batches whose mean gradient makes one step; default 1. */
  accumulate?: number;
  /** Largest norm of the whole gradient; 0 (default) switches clipping off. */
  clipNorm?: number;
  /** Decay of the averaged weights, min(ema, (1 + n) / (10 + n)) at the n-th update; 0 (default) switches averaging off. */
  ema?: number;
  /** Unsupervised: part of the run (0 to 1, default 0) at whose start the target is the smoothest cube with the colours of the image;
   * its share of the loss falls linearly from 1 to 0. Validation does without. */
  smoothStart?: number;
  precision?: Precision;
  /** Default true. */
  channelsLast?: boolean;
  /** `band`: one optimizer step for each band of a batch, for networks with `facts.recurrent`. Default `cube`. */
  stepPer?: 'cube' | 'band';
  seed?: number;
  /** Of the training thread; 0 (default): as the environment's. */
  threads?: number;
}

export interface NativeProgress {
  step: number;
  lr: number;
  /** Newest value of each term, and `total`. */
  losses: Record<string, number>;
  /** Before clipping. */
  gradNorm: number;
  secondsInSteps: number;
  /** Of these, seconds that the step waited for its batches. */
  secondsWaiting: number;
  samples: number;
}

export interface NativeTrainer {
  /** What the perceptual term compares in. */
  readonly features: 'none' | 'random' | 'given';
  /** Rows of four: scene, row, column, augmentation (bits 0-1 quarter turns counter-clockwise, then bit 2 horizontal
   * flip, bit 3 vertical). One row a sample, batch after batch; the first row after construction or loadState belongs
   * to the next step. May be called during a run. Throws DATA_PLAN, DATA_PATCH, DATA_SCENE. */
  appendPlan(plan: Int32Array): void;
  /** Trains until step `untilStep` is reached (`done`), `pause` is called (`paused`) or too few rows are left for a
   * step (`plan`). A loss or gradient that is not finite rejects with RUN_LOSS_NOT_FINITE naming step and batch; the
   * weights are those before that step. A second run at the same time throws RUN_BUSY. */
  run(untilStep: number): Promise<{ step: number; reason: 'done' | 'paused' | 'plan' }>;
  /** Ends the run before its next step. */
  pause(): void;
  progress(): NativeProgress;
  /** Means over a plan's samples: loss terms, `total`, and `psnr` (mean over samples, clamped to [0, 1], peak 1) where
   * all scenes have cubes; with the averaged weights when EMA is on; no gradient. During a run, between two steps. */
  validate(plan: Int32Array): Promise<Record<string, number>>;
  /** For networks in closed form (facts.closedForm): fits all of the plan's samples. */
  fit(plan: Int32Array): Promise<void>;
  /** A copy between two steps: the weights and buffers by the authors' keys, `optimizer/<key>/exp_avg|exp_avg_sq|step`,
   * `ema/<key>`, `state/step`, `state/samples`. With the plan's rows from that step on, it continues to equal bits. */
  state(): Promise<Map<string, NativeTensor>>;
  /** Empties the plan. Throws CHECKPOINT_STATE, RUN_BUSY. */
  loadState(state: Map<string, NativeTensor>): Promise<void>;
  /** Copies for `best`: EMA weights where on, else the network's own; buffers too. */
  weights(): Promise<Map<string, NativeTensor>>;
  dispose(): void;
}
