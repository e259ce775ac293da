import { flag, integer, path, text, texts } from './option.js';
import {
  axesOption,
  deviceOption,
  formatOption,
  fullScaleOption,
  precisionOption,
  threadsOption,
  variableOption,
} from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The options of `hyperlift upscale` and of `upscale()`. */
export const upscaleTable = defineTable({
  command: 'upscale',
  summary: 'lift low-resolution cubes to high resolution',
  about:
    'With the checkpoint of a spatial network, or by bicubic interpolation where none is given. With --half, the checkpoint of half the ' +
    'scale, FineSR refines the result (DualSR). Large cubes go through the network in tiles, the result is written to disk as it is made.',
  positional: { name: 'cubes', placeholder: 'CUBE...' },
  required: ['cubes'],
  examples: [
    {
      does: 'one cube, four times',
      line: 'hyperlift upscale low.mat --scale 4 --checkpoint runs/x4 --out high.mat',
    },
    {
      does: 'both stages of DualSR',
      line: 'hyperlift upscale low.mat --scale 4 --checkpoint runs/x4 --half runs/x2 --out high.mat',
    },
    { does: 'what has to be beaten', line: 'hyperlift upscale low.mat --scale 4 --out bicubic.mat' },
  ],
  options: {
    cubes: texts({ doc: 'cubes: .mat files or folders of PNGs', placeholder: 'CUBE', flag: 'cube' }),
    checkpoint: path({
      doc: 'weights of a spatial network (.safetensors), or a run folder (its best)',
      placeholder: 'FILE',
      defaultDoc: 'none: bicubic interpolation',
    }),
    half: path({
      doc: 'weights of half the scale (2 for 4, 4 for 8): FineSR corrects the result by them',
      placeholder: 'FILE',
    }),
    scale: integer({
      doc: 'how many times larger in each direction; needed without a checkpoint',
      least: 2,
      most: 8,
      defaultDoc: "the checkpoint's",
    }),
    out: path({
      doc: 'a file for one cube, a folder for several',
      defaultDoc: 'CUBE-xSCALE.mat beside the cube',
    }),
    format: formatOption,
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    pictures: flag({
      doc: 'also write a pseudo-RGB of each result and spectra at a few points',
      default: false,
    }),
    memory: text({ doc: 'memory that tiles may take', placeholder: 'SIZE', default: '1GiB', group: 'Tiles' }),
    tile: integer({
      doc: 'side of a tile in pixels of the low-resolution cube',
      least: 8,
      defaultDoc: 'what fits into the memory; the training size where the network depends on it',
      group: 'Tiles',
    }),
    overlap: integer({
      doc: 'pixels of the low-resolution cube that neighbouring tiles share',
      least: 0,
      defaultDoc: 'a quarter of a tile',
      group: 'Tiles',
    }),
    precision: precisionOption,
    device: deviceOption,
    threads: threadsOption,
  },
});

/** Options of an enlargement as a script or configuration file gives them. */
export type UpscaleGiven = GivenOptions<typeof upscaleTable>;
