import { evaluateTable } from './evaluate-options.js';
import { choice, names, path, paths } from './option.js';
import { defineTable, type GivenOptions } from './table.js';
import { trainTable } from './train-options.js';

// What one run has for itself, or what the comparison decides.
const {
  model: _model,
  modelOptions: _modelOptions,
  preset: _preset,
  init: _init,
  paradigm: _paradigm,
  out: _out,
  resume: _resume,
  overwrite: _overwrite,
  // Of spatial networks: `hyperlift table` compares those.
  task: _task,
  scale: _scale,
  sizeFactors: _sizeFactors,
  stepPer: _stepPer,
  kernel: _kernel,
  zeroStart: _zeroStart,
  noise: _noise,
  patchesPerScene: _patchesPerScene,
  ...shared
} = trainTable.options;

const { protocol, tile, overlap, memory, tiling } = evaluateTable.options;

/** Options of a comparison that `train` takes as they are. */
export const sharedWithTrain = Object.keys(shared) as (keyof typeof shared)[];

/** Options of a comparison that `evaluate` takes as they are. */
export const sharedWithEvaluate = [
  'protocol',
  'tile',
  'overlap',
  'memory',
  'tiling',
  'precision',
  'device',
  'threads',
  'rgb',
  'variable',
  'axes',
  'fullScale',
] as const;

/** What every comparison takes: where its scenes and results are. */
export function comparisonPlaces(folder: string) {
  return {
    test: paths({
      doc: 'scenes with cubes to score on; may be repeated',
      defaultDoc: 'the scenes of the data that every run holds back',
      group: 'Comparison',
    }),
    out: path({
      doc: 'folder for the runs and the tables',
      placeholder: 'DIR',
      defaultDoc: folder,
      group: 'Comparison',
    }),
    resume: path({
      doc: 'continue the comparison in this folder, with its own options',
      placeholder: 'DIR',
      group: 'Comparison',
    }),
  };
}

/** The options of `hyperlift compare` and of `compare()`. */
export const compareTable = defineTable({
  command: 'compare',
  summary: 'train and score several networks alike, in one table',
  about:
    'Trains each network with the same options into a run folder of its own, scores it on scenes that no run has trained on, and ' +
    'writes compare.md, compare.csv, compare.tex and compare.json, beside the root-polynomial regression. A network that fails has ' +
    'its reason in the table, and the others go on.',
  exclusive: [
    ['steps', 'epochs', 'minutes'],
    ['out', 'resume'],
    ['split', 'valFraction'],
  ],
  examples: [
    {
      does: 'three networks under both paradigms',
      line: 'hyperlift compare --models sfformer,mstpp,hscnnplus --paradigm both --data scenes --epochs 20 --out runs/three',
    },
    {
      does: 'every network, five minutes each',
      line: 'hyperlift compare --data scenes --minutes 5 --out runs/all',
    },
    { does: 'go on after an interruption', line: 'hyperlift compare --resume runs/three' },
  ],
  options: {
    models: names({
      doc: 'networks by their ids in `hyperlift models`, or all',
      placeholder: 'ID,ID,...',
      default: 'all',
      group: 'Comparison',
    }),
    paradigm: choice(['supervised', 'unsupervised', 'both'], {
      doc: 'learn from pairs of RGB and cube, from RGB alone, or each network both ways',
      default: 'supervised',
      group: 'Comparison',
    }),
    ...comparisonPlaces('runs/compare-N'),
    protocol,
    tile,
    overlap,
    memory,
    tiling,
    ...shared,
  },
});

/** Options of a comparison as a script or configuration file gives them. */
export type CompareGiven = GivenOptions<typeof compareTable>;
