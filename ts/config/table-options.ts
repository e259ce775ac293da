import { comparisonPlaces } from './compare-options.js';
import { evaluateTable, upscalingProtocolOption } from './evaluate-options.js';
import { choice, integers, names } from './option.js';
import { defineTable, type GivenOptions } from './table.js';
import { trainTable } from './train-options.js';

const { data, variable, axes, fullScale, split, valFraction, seed, steps, epochs, minutes, checkpointEvery } =
  trainTable.options;
const { recipe, batch, patch, stride, lr, ema, loss, sizeFactors, kernel, noise, patchesPerScene } =
  trainTable.options;
const { precision, device, threads } = trainTable.options;

const shared = {
  data,
  variable,
  axes,
  fullScale,
  split,
  valFraction,
  seed,
  steps,
  epochs,
  minutes,
  checkpointEvery,
  recipe,
  batch,
  patch,
  stride,
  lr,
  ema,
  loss,
  sizeFactors,
  kernel,
  noise,
  patchesPerScene,
  precision,
  device,
  threads,
};

/** Options of the table that `train` takes as they are. */
export const tableWithTrain = Object.keys(shared) as (keyof typeof shared)[];

/** The options of `hyperlift table` and of `upscalingTable()`. */
export const upscalingTable = defineTable({
  command: 'table',
  summary: 'train and score every method of super-resolution, in the form of the DualSR paper',
  about:
    'Trains each network at each scale with the same options into a run folder of its own, scores it on scenes that no run has trained ' +
    'on, beside bicubic interpolation and both stages of DualSR, and writes table.md, table.csv and table.json with the published ' +
    'figures. A network that fails has its reason in the table, and the others go on.',
  exclusive: [
    ['steps', 'epochs', 'minutes'],
    ['out', 'resume'],
    ['split', 'valFraction'],
  ],
  examples: [
    {
      does: 'all methods at scales 4 and 8, five minutes each training',
      line: 'hyperlift table --data scenes --minutes 5 --out runs/table',
    },
    {
      does: 'two of them at scale 4',
      line: 'hyperlift table --data scenes --methods bicubic,edsr --scales 4 --epochs 10',
    },
    { does: 'go on after an interruption', line: 'hyperlift table --resume runs/table' },
  ],
  options: {
    methods: names({
      doc: 'bicubic, dualsr, spatial networks by their ids in `hyperlift models`, or all',
      placeholder: 'ID,ID,...',
      default: 'all',
      group: 'Comparison',
    }),
    scales: integers({ doc: 'scales to compare at', least: 2, default: [4, 8], group: 'Comparison' }),
    figures: choice(['cave', 'harvard', 'none'], {
      doc: 'published figures to show below ours; their split of the scenes is not published',
      default: 'cave',
      group: 'Comparison',
    }),
    ...comparisonPlaces('runs/table-N'),
    protocol: { ...upscalingProtocolOption, group: 'Comparison' },
    memory: evaluateTable.options.memory,
    ...shared,
    data: { ...data, doc: 'folder of scenes with cubes: CAVE folders of PNGs, .mat files' },
    minutes: { ...minutes, doc: 'length of each training; the steps that fit are measured at its start' },
    valFraction: {
      ...valFraction,
      doc: 'part of the scenes held back from every training, to score on where --test names none',
      default: 0.2,
    },
  },
});

/** Options of the table as a script or configuration file gives them. */
export type UpscalingTableGiven = GivenOptions<typeof upscalingTable>;
