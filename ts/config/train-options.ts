import { choice, flag, integer, integers, number, path, text } from './option.js';
import { every, settings } from './settings.js';
import {
  cacheLimitOption,
  axesOption,
  cameraOption,
  deviceOption,
  datasetOption,
  fullScaleOption,
  kernelOption,
  precisionOption,
  responseOption,
  rgbFolderOption,
  rgbOption,
  splitOption,
  threadsOption,
  variableOption,
} from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

const fromRecipe = { defaultDoc: 'from the recipe' };
const run = { group: 'Run' };
const data = { group: 'Data' };
const network = { group: 'Network' };
const recipe = { group: 'Recipe', ...fromRecipe };
const loss = { group: 'Loss', ...fromRecipe };

const runOptions = {
  out: path({ doc: 'run folder to make', placeholder: 'DIR', defaultDoc: 'runs/MODEL-PARADIGM-N', ...run }),
  resume: path({
    doc: 'continue the run in this folder, with its own configuration, to the same weights as if it had never stopped',
    placeholder: 'DIR',
    ...run,
  }),
  overwrite: flag({ doc: 'replace a run that is already in the folder', default: false, ...run }),
  steps: integer({ doc: 'optimizer steps', least: 1, ...run, ...fromRecipe }),
  epochs: integer({ doc: 'passes over the training patches, instead of steps', least: 1, ...run }),
  minutes: number({
    doc: 'length of the run; the steps that fit are measured at the start, then fixed and written to config.json',
    above: 0,
    ...run,
  }),
  checkpointEvery: every({
    doc: 'write last.safetensors every N steps, or every Nm minutes',
    default: '2m',
    ...run,
  }),
  validateEvery: integer({
    doc: 'steps between looks at the held-back scenes, which choose best.safetensors',
    least: 1,
    defaultDoc:
      'a twentieth of the run, an epoch at most, ten steps at least; in a run by minutes what its time affords',
    ...run,
  }),
  seed: integer({ doc: 'seed of weights, patches and augmentation', default: 0, least: 0, ...run }),
};

const dataOptions = {
  data: path({
    doc: 'folder of scenes: CAVE folders of PNGs, .mat files, or (unsupervised) RGB images alone; spatial: the cubes at high resolution',
    ...data,
  }),
  rgb: rgbOption,
  response: { ...responseOption, defaultDoc: 'cie1964, the CIE 1964 observer with the NTIRE gain' },
  camera: cameraOption,
  rgbKind: choice(['srgb', 'linear', 'camera'], {
    doc: 'what RGB files hold: photos in sRGB (linearized), linear sRGB, or values of the camera of the response',
    default: 'srgb',
    ...data,
  }),
  variable: variableOption,
  axes: axesOption,
  fullScale: fullScaleOption,
  dataset: datasetOption,
  rgbFolder: rgbFolderOption,
  split: splitOption,
  valFraction: number({
    doc: 'part of the scenes held back for validation',
    default: 0.1,
    least: 0,
    most: 0.9,
    ...data,
  }),
  cache: text({
    doc: 'keep decoded scenes in files that are mapped, in this folder; auto: in the cache folder where they would take more than half of the free memory; off: in memory',
    default: 'auto',
    placeholder: 'DIR|auto|off',
    ...data,
  }),
  cacheLimit: cacheLimitOption,
  cacheType: choice(['stored', 'float16', 'float32'], {
    doc: 'type of the values in the cache: as the files have them, or divided to [0, 1]; float16 halves what float files take, and is the one that changes results',
    default: 'stored',
    ...data,
  }),
  valPatches: integer({
    doc: 'held-back patches looked at in a validation',
    least: 1,
    ...data,
    ...fromRecipe,
  }),
};

const networkOptions = {
  model: text({
    doc: 'network, by its id in `hyperlift models`',
    default: 'sfformer',
    placeholder: 'ID',
    ...network,
  }),
  modelOptions: settings({
    doc: 'option of the network, such as width=12; may be repeated',
    flag: 'option',
    ...network,
  }),
  preset: text({ doc: 'named set of options of the network', ...network }),
  init: path({ doc: 'checkpoint whose weights the run starts from', placeholder: 'FILE', ...network }),
};

const recipeOptions = {
  recipe: choice(['default', 'published'], {
    doc: 'where values that are not given come from: made for minutes on a few cores, or as the papers trained',
    default: 'default',
    group: 'Recipe',
  }),
  batch: integer({ doc: 'patches a step', least: 1, ...recipe }),
  patch: integer({
    doc: 'side of a patch in pixels; spatial: of the low-resolution patch',
    least: 4,
    ...recipe,
  }),
  stride: integer({
    doc: 'distance of neighbouring patches in pixels; spatial: of the low-resolution cube',
    least: 1,
    ...recipe,
  }),
  augment: flag({ doc: 'turn and mirror patches at random', ...recipe }),
  stretch: flag({
    doc: 'stretch RGB to the minimum and maximum of its image (the MST++ toolbox)',
    ...recipe,
  }),
  lr: number({ doc: 'learning rate at its highest', above: 0, ...recipe }),
  minLr: number({ doc: 'learning rate at the end of a cosine', least: 0, ...recipe }),
  schedule: choice(['constant', 'poly', 'step', 'cosine'], { doc: 'how the learning rate falls', ...recipe }),
  power: number({ doc: 'exponent of the poly schedule', above: 0, ...recipe }),
  stepSize: integer({ doc: 'steps between two drops of the step schedule', least: 1, ...recipe }),
  gamma: number({ doc: 'factor of a drop of the step schedule', above: 0, most: 1, ...recipe }),
  warmup: integer({ doc: 'steps in which the learning rate rises from zero', least: 0, ...recipe }),
  optimizer: choice(['adam', 'adamw'], { doc: 'optimizer', ...recipe }),
  beta1: number({ doc: "decay of the optimizer's first moment", least: 0, most: 0.999999, ...recipe }),
  beta2: number({ doc: "decay of the optimizer's second moment", least: 0, most: 0.999999, ...recipe }),
  eps: number({ doc: "the optimizer's guard against division by 0", above: 0, ...recipe }),
  weightDecay: number({ doc: 'weight decay', least: 0, ...recipe }),
  clip: number({ doc: 'largest norm of the gradient; 0 does not clip', least: 0, ...recipe }),
  accumulate: integer({ doc: 'batches whose gradients are added up for one step', least: 1, ...recipe }),
  ema: number({
    doc: 'decay of the averaged weights; 0 does not average',
    least: 0,
    most: 0.999999,
    ...recipe,
  }),
  channelsLast: flag({ doc: 'keep images with the channels last in memory', ...recipe }),
};

const spatialOptions = {
  task: choice(['spectral', 'spatial'], {
    doc: 'RGB to many bands, or low to high resolution; a network has one of the two',
    defaultDoc: "the network's",
    ...network,
  }),
  scale: integer({
    doc: 'spatial: how many times larger the cubes become in each direction',
    least: 2,
    most: 8,
    defaultDoc: "the network's, 4",
    ...network,
  }),
  sizeFactors: text({
    doc: 'spatial: sizes at which each scene is shown, as parts of its own',
    placeholder: 'LIST',
    ...recipe,
  }),
  stepPer: choice(['cube', 'band'], {
    doc: 'spatial: an optimizer step for each batch of cubes, or one for each band of it (CoarSR and SFCSR as published)',
    ...recipe,
  }),
  kernel: { ...kernelOption, doc: `spatial: ${kernelOption.doc}`, ...network },
  noise: number({
    doc: 'spatial: standard deviation of normal noise on the low-resolution cubes',
    least: 0,
    most: 1,
    ...recipe,
  }),
  zeroStart: flag({
    doc: 'spatial: networks that correct an interpolated cube begin at it; off, they begin as their authors do',
    ...recipe,
  }),
  patchesPerScene: integer({
    doc: 'spatial: places drawn once in each scene and size, shown in five positions each (the published scripts); 0 takes the grid of `stride` and any position',
    least: 0,
    ...recipe,
  }),
  stepEpochs: integer({
    doc: 'epochs between two drops of the step schedule; 0 takes `stepSize`',
    least: 0,
    ...recipe,
  }),
};

const lossOptions = {
  paradigm: choice(['supervised', 'unsupervised'], {
    doc: 'learn from pairs of RGB and cube, or from RGB alone (UnSSR); spatial networks are supervised',
    default: 'unsupervised',
    group: 'Loss',
  }),
  loss: text({
    doc: 'supervised: mrae, l1, mse, rmse, sam, spatialTv, spectralTv or a mixture such as l1+0.1*sam',
    placeholder: 'TERMS',
    ...loss,
  }),
  mraeFloor: number({ doc: 'least divisor of the relative error', above: 0, ...loss }),
  colourWeight: number({ doc: 'unsupervised: weight of the colour re-projection', least: 0, ...loss }),
  similarityWeight: number({
    doc: 'unsupervised: weight of the similarity of neighbouring bands',
    least: 0,
    ...loss,
  }),
  perceptualWeight: number({
    doc: 'unsupervised: weight of the perceptual term; 0 turns it off',
    least: 0,
    ...loss,
  }),
  smoothStart: number({
    doc: 'unsupervised: part of the run, from 0 to 1, in which training moves from the smoothest cubes that have the colours of the images to the loss of UnSSR; 0 begins with that loss',
    least: 0,
    most: 1,
    ...loss,
  }),
  perceptualWeights: path({
    doc: "torchvision's vgg16 .pth for the perceptual term",
    placeholder: 'FILE',
    defaultDoc: 'fixed random features',
    group: 'Loss',
  }),
  shift: choice(['batch-min', 'none'], {
    doc: 'unsupervised: whether the colour term subtracts the least value of the batch',
    ...loss,
  }),
  indices: choice(['batch', 'per-sample'], {
    doc: 'unsupervised: one choice of bands for a batch, or one for each patch',
    ...loss,
  }),
  fixedBands: integers({
    doc: 'unsupervised: bands shown to the perceptual term instead of those of least certainty',
    count: 3,
    least: 0,
    group: 'Loss',
  }),
  compat: choice(['default', 'published'], {
    doc: "repeat the published scripts' accidents, or do what was meant",
    default: 'default',
    group: 'Loss',
  }),
};

/** The network of `--task spatial` where none is named, and the coarse stage of DualSR. */
export const spatialModel = 'coarsr';

/** The options of `hyperlift train` and of `train()`. */
export const trainTable = defineTable({
  command: 'train',
  summary: 'train a network on a folder of scenes',
  about:
    'Writes a run folder with best.safetensors, last.safetensors, config.json and log.jsonl. ' +
    'Supervised training needs cubes; unsupervised training shows only RGB to the loss, real images or images simulated from cubes. ' +
    'Spatial networks (super-resolution) learn from cubes and the same cubes made smaller: bicubic, antialiased, as the papers do.',
  exclusive: [
    ['steps', 'epochs', 'minutes'],
    ['split', 'valFraction'],
    ['out', 'resume'],
  ],
  examples: [
    {
      does: 'ten minutes on scenes with cubes',
      line: 'hyperlift train --model mstpp --paradigm supervised --data scenes --minutes 10 --out runs/first',
    },
    {
      does: 'from RGB images alone',
      line: 'hyperlift train --model sfformer --paradigm unsupervised --data photos --steps 2000 --out runs/photos',
    },
    { does: 'go on after an interruption', line: 'hyperlift train --resume runs/photos' },
    {
      does: 'super-resolution, four times in each direction',
      line: 'hyperlift train --model coarsr --scale 4 --data scenes --minutes 30 --out runs/x4',
    },
    { does: 'the line to beat', line: 'hyperlift train --model rootpoly --data scenes --out runs/rootpoly' },
  ],
  options: {
    ...networkOptions,
    ...lossOptions,
    ...dataOptions,
    ...runOptions,
    ...recipeOptions,
    ...spatialOptions,
    precision: precisionOption,
    device: deviceOption,
    threads: threadsOption,
  },
});

/** Options of a training run as a script or configuration file gives them. */
export type TrainGiven = GivenOptions<typeof trainTable>;
