import { choice, flag, integer, path, text, texts } from './option.js';
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

/** The options of `hyperlift reconstruct` and of `reconstruct()`. */
export const reconstructTable = defineTable({
  command: 'reconstruct',
  summary: 'lift RGB images to hyperspectral cubes',
  about:
    'Photos in sRGB are linearized and mapped to the space of the camera the checkpoint was trained for. Large images ' +
    'go through the network in tiles, the cube is written to disk as it is made.',
  positional: { name: 'images', placeholder: 'IMAGE...' },
  required: ['images', 'checkpoint'],
  examples: [
    {
      does: 'one photo',
      line: 'hyperlift reconstruct photo.jpg --checkpoint runs/first/best.safetensors --out photo.mat',
    },
    {
      does: 'several, with the uncertainty of each pixel and band',
      line: 'hyperlift reconstruct a.png b.png --checkpoint best.safetensors --out cubes --uncertainty',
    },
  ],
  options: {
    images: texts({
      doc: 'RGB images of 8 or 16 bits, or cubes, whose RGB the camera of the training makes',
      placeholder: 'IMAGE',
      flag: 'image',
    }),
    checkpoint: path({ doc: 'weights (.safetensors), or a run folder (its best)', placeholder: 'FILE' }),
    out: path({
      doc: 'a file for one image, a folder for several',
      defaultDoc: 'IMAGE.mat beside the image',
    }),
    format: formatOption,
    input: choice(['srgb', 'linear', 'camera'], {
      doc: 'what the image holds: a photo in sRGB, linear sRGB, or values of the camera of the checkpoint',
      default: 'srgb',
    }),
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    uncertainty: flag({ doc: 'also write the entropy of each pixel and band', default: false }),
    pictures: flag({
      doc: 'also write a pseudo-RGB of the cube and spectra at a few points',
      default: false,
    }),
    memory: text({ doc: 'memory that tiles may take', placeholder: 'SIZE', default: '1GiB', group: 'Tiles' }),
    tile: integer({
      doc: 'side of a tile in pixels',
      least: 8,
      defaultDoc: 'what fits into the memory; the training size where the network depends on it',
      group: 'Tiles',
    }),
    overlap: integer({
      doc: 'pixels that neighbouring tiles share',
      least: 0,
      defaultDoc: 'a quarter of a tile',
      group: 'Tiles',
    }),
    tiling: choice(['blended', 'published'], {
      doc: 'tiles with blended overlap, or the way of the UnSSR scripts',
      default: 'blended',
      group: 'Tiles',
    }),
    precision: precisionOption,
    device: deviceOption,
    threads: threadsOption,
  },
});

/** Options of a reconstruction as a script or configuration file gives them. */
export type ReconstructGiven = GivenOptions<typeof reconstructTable>;
