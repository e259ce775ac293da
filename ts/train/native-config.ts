import { type CameraResponse, samplerBlur, simulateRgb } from '../degrade/index.js';
import type { NativeLossConfig, NativeSampling, NativeTrainerConfig } from '../native/types.js';
import { readLossTerms } from './loss-terms.js';
import { scaleOf } from './model-check.js';
import type { RunOptions } from './run-options.js';
import type { TrainingData } from './scenes.js';

/** The native trainer's settings for a run of `steps` steps. */
export function nativeConfig(
  options: RunOptions & { threads: number },
  data: InputData,
  steps: number,
): NativeTrainerConfig {
  const { paradigm, lr, beta1, beta2, eps, weightDecay, schedule, power, minLr, stepSize, gamma } = options;
  return {
    paradigm,
    loss:
      paradigm === 'supervised'
        ? supervisedLoss(options)
        : unsupervisedLoss(options, data.sceneCamera?.linear ?? data.camera),
    optimizer: { kind: options.optimizer, lr, beta1, beta2, eps, weightDecay },
    schedule: {
      kind: schedule,
      totalSteps: steps,
      warmupSteps: warmupSteps(options.warmup, steps),
      power,
      minLr,
      stepSize,
      gamma,
    },
    batch: options.batch,
    patch: options.patch * scaleOf(options),
    accumulate: options.accumulate,
    clipNorm: options.clip,
    ema: options.ema,
    ...(paradigm === 'unsupervised' ? { smoothStart: options.smoothStart } : {}),
    precision: options.precision,
    channelsLast: options.channelsLast,
    seed: options.seed,
    threads: options.threads,
    stretch: options.stretch,
    ...inputOf(options, data),
  };
}

/** What of the data decides how the network's input is made. */
type InputData = Pick<TrainingData, 'camera' | 'sceneCamera' | 'kernel'>;

/** How the low-resolution cubes of a spatial network are made. */
export function reductionOf(
  options: RunOptions,
  { kernel }: InputData,
): Pick<NativeSampling, 'scale' | 'noise' | 'blur' | 'border'> {
  const scale = scaleOf(options);
  return { scale, noise: options.noise, ...(kernel === null ? {} : samplerBlur(kernel, scale)) };
}

/** What the network is shown. */
function inputOf(options: RunOptions, data: InputData): Partial<NativeTrainerConfig> {
  if (options.task === 'spatial') return { ...reductionOf(options, data), stepPer: options.stepPer };
  const { camera: response, sceneCamera } = data;
  if (options.rgb !== 'simulated' || response === null) return {};
  const steps = sceneCamera === null ? { response } : sceneCamera.sampler;
  return steps === null ? {} : { camera: simulateRgb(steps) };
}

/** A recipe states its warm-up as a part of the run, a user in steps. */
export function warmupSteps(warmup: number, steps: number): number {
  return warmup < 1 ? Math.round(warmup * steps) : warmup;
}

function supervisedLoss({ loss, mraeFloor, compat }: RunOptions): NativeLossConfig {
  return { terms: readLossTerms(loss), mraeFloor: compat === 'published' ? 0 : mraeFloor, compat };
}

function unsupervisedLoss(options: RunOptions, response: CameraResponse | null): NativeLossConfig {
  const { colourWeight, similarityWeight, perceptualWeight, shift, indices, compat, fixedBands } = options;
  return {
    terms: { css: colourWeight, bandSsim: similarityWeight, perceptual: perceptualWeight },
    shift,
    indices,
    compat,
    ...(response === null ? {} : { response: response.table, rgbBands: 3 }),
    ...(fixedBands === undefined ? {} : { fixedIndices: fixedBands }),
  };
}
