import { choice, flag, number, path, text } from './option.js';
import { axesOption, formatOption, fullScaleOption, variableOption } from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The options of `hyperlift convert` and of `convertCube()`. */
export const convertTable = defineTable({
  command: 'convert',
  summary: 'write a cube in another container, type, order, or a part of it',
  about:
    'Goes from any container that is read to any that is written, some lines at a time, so that neither needs to fit into memory. ' +
    'Wavelengths, georeference, bad bands and notes go along where the container can hold them. Values stay as they are unless --type asks for another type: ' +
    'then full scale becomes the full scale of that type (65535 for uint16, 1 for floats), rounded and clipped; --unscaled keeps the numbers.',
  positional: { name: 'from', second: 'to', placeholder: 'IN OUT' },
  required: ['from', 'to'],
  examples: [
    { does: 'an ENVI cube as MATLAB v5', line: 'hyperlift convert scene.hdr scene.mat' },
    {
      does: 'a MATLAB v7.3 cube of floats as a CAVE folder of 16-bit PNGs',
      line: 'hyperlift convert ARAD_1K_0001.mat ARAD_1K_0001 --type uint16',
    },
    {
      does: 'the good bands of a part, pixel by pixel',
      line: 'hyperlift convert flight.hdr part.hdr --bands good --crop 0,0,512,512 --interleave bip',
    },
  ],
  options: {
    from: path({ doc: 'the cube: a file, a folder of band pictures, or FILE.h5:/path', placeholder: 'IN' }),
    to: path({ doc: 'the file or folder to write', placeholder: 'OUT' }),
    format: { ...formatOption, defaultDoc: 'by the name of OUT; without an ending a folder of PNGs' },
    type: choice(['uint8', 'int16', 'uint16', 'int32', 'float32', 'float64'], {
      doc: 'type of the written values',
      defaultDoc: 'as stored',
    }),
    unscaled: flag({
      doc: 'with --type: keep the numbers, and refuse those that the type cannot hold',
      default: false,
    }),
    bands: text({
      doc: 'bands to take, counted from 0: a list such as 0-30,40, or the word good for those that the file does not mark as bad',
      placeholder: 'LIST|good',
      defaultDoc: 'all',
    }),
    crop: text({
      doc: 'part to take, in pixels',
      placeholder: 'ROW,COLUMN,HEIGHT,WIDTH',
      defaultDoc: 'the whole',
    }),
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    wavelengths: text({
      doc: 'centres of the bands in nm, as FIRST:STEP or a list',
      placeholder: 'FIRST:STEP|LIST',
      defaultDoc: 'those of the file',
    }),
    name: text({ doc: 'name of the array in the written file', default: 'cube' }),
    interleave: choice(['bsq', 'bil', 'bip'], {
      doc: 'ENVI: order of the values',
      defaultDoc: 'bsq, or what the ending .bil or .bip says',
    }),
    overwrite: flag({ doc: 'replace a folder that is there', default: false }),
    memory: number({ doc: 'MiB of values under way', default: 64, least: 1, most: 1048576 }),
  },
});

/** Options of a conversion as a script or configuration file gives them. */
export type ConvertGiven = GivenOptions<typeof convertTable>;
