/** The cases: networks one by one, and the figures of the library as a whole. */
import type { FigureCase } from '../figure.js';
import { cache } from './cache.js';
import { coldImport } from './cold-import.js';
import { largeCube } from './large-cube.js';
import { largeImage } from './large-image.js';
import { reading } from './reading.js';
import { resize } from './resize.js';
import { scores } from './scores.js';
import { unssrLosses } from './unssr-losses.js';

export { networkCases } from './networks.js';

export const figureCases: readonly FigureCase[] = [
  unssrLosses,
  resize,
  reading,
  scores,
  largeImage,
  largeCube,
  cache,
  coldImport,
];
