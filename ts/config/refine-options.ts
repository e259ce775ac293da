import { integer, path } from './option.js';
import { threadsOption } from './shared-options.js';
import { defineTable, type GivenOptions } from './table.js';

/** The options of `hyperlift refine` and of `refine()`. */
export const refineTable = defineTable({
  command: 'refine',
  summary: 'correct an enlarged cube by the same cube enlarged half as much (FineSR)',
  about:
    'The fine stage of DualSR on the results of any method: no training, no parameters. Both cubes come from the same low-resolution cube.',
  required: ['upscaled', 'half', 'out'],
  examples: [
    {
      does: 'four times, by two times',
      line: 'hyperlift refine --upscaled x4.mat --half x2.mat --out refined.mat',
    },
  ],
  options: {
    upscaled: path({ doc: 'the enlarged cube', placeholder: 'CUBE' }),
    half: path({ doc: 'the cube enlarged half as much', placeholder: 'CUBE' }),
    out: path({ doc: 'the result: a .mat file, or without an ending a folder of PNGs' }),
    iterations: integer({ doc: 'how often the correction is applied', default: 1, least: 1 }),
    threads: threadsOption,
  },
});

/** Options of a refinement as a script or configuration file gives them. */
export type RefineGiven = GivenOptions<typeof refineTable>;
