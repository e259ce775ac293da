import { texts } from './option.js';
import {
  axesOption,
  datasetOption,
  fullScaleOption,
  rgbFolderOption,
  variableOption,
} from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The options of `hyperlift datasets`; those below `words` are of `datasets check` and of `checkDataset()`. */
export const datasetsTable = defineTable({
  command: 'datasets',
  summary: 'list published data sets, and look for what is wrong with a folder of scenes',
  about:
    'list shows the data sets whose folders are recognised; show NAME tells where to get one, its terms, how its folder looks ' +
    'and which splits there are. check FOLDER... looks at every scene of one or more folders: range and scale of the values, exchanged axes, ' +
    'missing bands, wavelengths, pictures in BGR order, shifted, turned or paired with another cube, and scenes that are in two of the ' +
    'folders (name those to train on and those to test on). Each finding comes with what mends it; exit status 1 when there is an error.',
  positional: { name: 'words', placeholder: 'list|show NAME|check FOLDER...' },
  examples: [
    { does: 'what there is', line: 'hyperlift datasets list' },
    { does: 'all about one', line: 'hyperlift datasets show arad1k' },
    { does: 'what is wrong with a folder', line: 'hyperlift datasets check my-scenes' },
    { does: 'whether test scenes are among those to train on', line: 'hyperlift datasets check train test' },
  ],
  options: {
    words: texts({ doc: 'what to do, and with which data set or folders', placeholder: 'WORD', flag: 'do' }),
    rgbFolder: {
      ...rgbFolderOption,
      doc: 'folder of the pictures, where they are neither beside the cubes nor where a known layout has them; may be repeated',
    },
    variable: variableOption,
    axes: axesOption,
    fullScale: fullScaleOption,
    dataset: datasetOption,
  },
});

/** Options of the command. */
export type DatasetsGiven = GivenOptions<typeof datasetsTable>;
