import { choice, flag, integer, number, path, paths, text } from './option.js';
import {
  deviceOption,
  fullScaleOption,
  kernelOption,
  precisionOption,
  responseOption,
  rgbOption,
  threadsOption,
  variableOption,
} from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The protocols of super-resolution alone, the first as the table has it. */
export const upscalingProtocolOption = choice(['coarsr', 'field', 'finesr', 'mcnet', 'sspsr', 'fcnn3d'], {
  doc: 'definitions of the scores: those of a paper, or those of the field',
  default: 'coarsr',
});

/** The options of `hyperlift evaluate` and of `evaluate()`. */
export const evaluateTable = defineTable({
  command: 'evaluate',
  summary: 'score a checkpoint against cubes',
  about:
    'Reconstructs each scene from its RGB and scores it against its cube, beside the root-polynomial regression of ' +
    'the same training scenes. The checkpoint of a spatial network makes each cube large again that was made smaller by its scale ' +
    '(bicubic, as the papers do), and is scored beside bicubic interpolation. With --json prints {protocol, scenes, mean}.',
  required: ['checkpoint', 'data'],
  examples: [
    {
      does: 'score a folder of scenes',
      line: 'hyperlift evaluate --checkpoint runs/first/best.safetensors --data scenes',
    },
    {
      does: 'one scene, as the UnSSR test on CAVE does, for a machine',
      line: 'hyperlift evaluate --checkpoint best.safetensors --data balloons_ms --protocol unssr-cave --json',
    },
    {
      does: 'both stages of DualSR',
      line: 'hyperlift evaluate --checkpoint runs/x4 --half runs/x2 --data scenes',
    },
  ],
  options: {
    checkpoint: path({
      doc: 'weights to score (.safetensors), or a run folder (its best)',
      placeholder: 'FILE',
    }),
    data: paths({ doc: 'a scene or a folder of scenes with cubes; may be repeated' }),
    half: path({
      doc: 'spatial: weights of half the scale (2 for 4, 4 for 8): FineSR corrects the results by them',
      placeholder: 'FILE',
    }),
    kernel: { ...kernelOption, doc: `spatial: ${kernelOption.doc}` },
    noise: number({
      doc: 'spatial: standard deviation of normal noise on the low-resolution cubes',
      default: 0,
      least: 0,
      most: 1,
    }),
    protocol: choice(
      ['field', 'unssr-cave', 'ntire2020', 'ntire2022', 'coarsr', 'finesr', 'mcnet', 'sspsr', 'fcnn3d'],
      {
        doc: 'definitions of the scores: those of the field, of the UnSSR test on CAVE, of a challenge, or (spatial) of a paper',
        default: 'field',
      },
    ),
    notFinite: choice(['refuse', 'skip'], {
      doc: 'what becomes of NaN and infinity: the scene is refused with their place, or their pixels are left out and counted',
      default: 'refuse',
    }),
    out: path({ doc: 'folder for tables, pictures and cubes', placeholder: 'DIR' }),
    pictures: flag({ doc: 'write pseudo-RGB, error maps and spectra to the folder', default: true }),
    cubes: flag({ doc: 'write the reconstructed cubes to the folder', default: false }),
    rgb: rgbOption,
    response: { ...responseOption, defaultDoc: 'that of the checkpoint' },
    variable: variableOption,
    fullScale: fullScaleOption,
    tile: integer({
      doc: 'side of a tile in pixels; spatial: of the low-resolution cube',
      least: 8,
      defaultDoc: 'the whole image where it fits; the training size where the network depends on it',
      group: 'Tiles',
    }),
    overlap: integer({
      doc: 'pixels that neighbouring tiles share',
      least: 0,
      defaultDoc: 'a quarter of a tile',
      group: 'Tiles',
    }),
    memory: text({
      doc: 'memory that tiles may take',
      placeholder: 'SIZE',
      default: '4GiB',
      group: 'Tiles',
    }),
    tiling: choice(['blended', 'published'], {
      doc: 'tiles with blended overlap, or the way of the UnSSR scripts (tiles of 128, averaged, with the mirrored image)',
      default: 'blended',
      group: 'Tiles',
    }),
    precision: precisionOption,
    device: deviceOption,
    threads: threadsOption,
  },
});

/** Options of an evaluation as a script or configuration file gives them. */
export type EvaluateGiven = GivenOptions<typeof evaluateTable>;
