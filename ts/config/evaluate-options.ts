import { choice, flag, integer, number, path, paths, text } from './option.js';
import {
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

/** The protocols of super-resolution alone, the first as the table has it. */
export const upscalingProtocolOption = choice(['coarsr', 'field', 'finesr', 'mcnet', 'sspsr', 'fcnn3d'], {
  doc: 'definitions of the scores: those of a paper, or those of the field',
  default: 'coarsr',
});

/** The options of `hyperlift evaluate` and of `evaluate()`. */
export const evaluateTable = defineTable({
  command: 'evaluate',
  summary: 'score a checkpoint, or cubes already made, against true cubes',
  about:
    'Reconstructs each scene from its RGB and scores it against its cube, beside the root-polynomial regression of ' +
    'the same training scenes. The checkpoint of a spatial network makes each cube large again that was made smaller by its scale ' +
    '(bicubic, as the papers do), and is scored beside bicubic interpolation. With --results no network is needed: cubes that any program ' +
    'made are scored against the true ones of the same names. With --json prints {protocol, protocolVersion, scenes, mean, interval}.',
  required: ['data'],
  either: [['checkpoint', 'results']],
  exclusive: [
    ['checkpoint', 'results'],
    ['split', 'results'],
  ],
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
    {
      does: 'cubes that another program made, as the NTIRE 2022 challenge does',
      line: 'hyperlift evaluate --results their-cubes --data scenes --protocol ntire2022',
    },
  ],
  options: {
    checkpoint: path({
      doc: 'weights to score (.safetensors), or a run folder (its best)',
      placeholder: 'FILE',
    }),
    results: paths({
      doc: 'cubes to score, or folders of them, paired with those of --data by name; may be repeated',
    }),
    data: paths({ doc: 'a scene or a folder of scenes with cubes; may be repeated' }),
    half: path({
      doc: 'spatial: weights of half the scale (2 for 4, 4 for 8): FineSR corrects the results by them',
      placeholder: 'FILE',
    }),
    kernel: {
      ...kernelOption,
      doc: `spatial: ${kernelOption.doc}; or none`,
      defaultDoc: "that of the checkpoint's training",
    },
    noise: number({
      doc: 'spatial: standard deviation of normal noise on the low-resolution cubes',
      defaultDoc: "that of the checkpoint's training",
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
    camera: { ...cameraOption, defaultDoc: 'that of the checkpoint' },
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    resultVariable: { ...variableOption, doc: `${variableOption.doc}, of --results` },
    resultScale: { ...fullScaleOption, doc: 'value of the files of --results that becomes 1' },
    dataset: datasetOption,
    split: {
      ...splitOption,
      doc: 'score only what this split holds back: a name as of train --split (of one scene by area: that area), or a text file of names',
      defaultDoc: 'every scene',
    },
    rgbFolder: rgbFolderOption,
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
      doc: 'memory that tiles, or strips of --results, may take',
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
