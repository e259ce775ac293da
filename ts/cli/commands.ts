import type { Command } from './command.js';

/** The commands, in the order of the list. A command is loaded when it is called, or when its help is. */
export const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  train: () => import('./train.js'),
  evaluate: () => import('./evaluate.js'),
  compare: () => import('./compare.js'),
  reconstruct: () => import('./reconstruct.js'),
  upscale: () => import('./upscale.js'),
  refine: () => import('./refine.js'),
  table: () => import('./table.js'),
  prepare: () => import('./prepare.js'),
  simulate: () => import('./simulate.js'),
  datasets: () => import('./datasets.js'),
  cameras: () => import('./cameras.js'),
  models: () => import('./models.js'),
  info: () => import('./info.js'),
  convert: () => import('./convert.js'),
  'convert-weights': () => import('./convert-weights.js'),
  cache: () => import('./cache.js'),
  libtorch: () => import('./libtorch.js'),
  doctor: () => import('./doctor.js'),
};
