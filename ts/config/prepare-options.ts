import { choice, flag, integer, number, path, text } from './option.js';
import {
  axesOption,
  datasetOption,
  fullScaleOption,
  kernelOption,
  splitOption,
  threadsOption,
  variableOption,
} from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The options of `hyperlift prepare` and of `prepare()`. */
export const prepareTable = defineTable({
  command: 'prepare',
  summary: 'write training patches for super-resolution, as the published MATLAB scripts do',
  about:
    'Each sample is a file 00001.mat, 00002.mat, ... with `lr` [bands, rows, columns] and `hr`, scale times larger, in single precision: ' +
    'what the training scripts of CoarSR, MCNet, SFCSR and ERCSR read. `hyperlift train` makes such patches itself and needs none of this. ' +
    'Beside them training.txt and held-back.txt name the scenes, the second as --split of every command takes it.',
  required: ['data', 'out'],
  exclusive: [
    ['split', 'valFraction'],
    ['fullScale', 'byMaximum'],
  ],
  examples: [
    { does: 'CAVE, four times', line: 'hyperlift prepare --data CAVE --scale 4 --out patches-x4' },
    {
      does: 'Harvard, with the scenes of a list',
      line: 'hyperlift prepare --data Harvard --variants harvard --by-maximum --split test-scenes.txt --out patches-x4',
    },
  ],
  options: {
    data: path({ doc: 'folder of scenes with cubes', placeholder: 'DIR' }),
    out: path({ doc: 'folder to make; one that is there must be empty', placeholder: 'DIR' }),
    scale: integer({ doc: 'how many times larger in each direction', default: 4, least: 2, most: 8 }),
    patch: integer({ doc: 'side of a low-resolution patch in pixels', default: 32, least: 1 }),
    sizeFactors: text({
      doc: 'sizes at which each scene is cut, as parts of its own',
      default: '1,0.75,0.5',
      placeholder: 'LIST',
    }),
    places: integer({
      doc: 'places in each scene and size',
      least: 1,
      defaultDoc: '24, or 32 with --variants harvard',
    }),
    variants: choice(['cave', 'harvard'], {
      doc: 'cave: no row or column twice, five positions of each patch; harvard: any places, six positions, all but the first with probability 1/2',
      default: 'cave',
    }),
    kernel: kernelOption,
    noise: number({
      doc: 'standard deviation of normal noise on the low-resolution patches',
      default: 0,
      least: 0,
      most: 1,
    }),
    split: splitOption,
    valFraction: number({
      doc: 'part of the scenes held back, drawn by the seed',
      default: 0.2,
      least: 0,
      most: 0.9,
    }),
    seed: integer({
      doc: 'of the scenes held back, the places, the positions and the noise',
      default: 0,
      least: 0,
    }),
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    dataset: datasetOption,
    byMaximum: flag({
      doc: 'divide each cube by its maximum (the scripts for Harvard and Foster)',
      default: false,
    }),
    threads: threadsOption,
  },
});

/** Options of a preparation as a script or configuration file gives them. */
export type PrepareGiven = GivenOptions<typeof prepareTable>;
