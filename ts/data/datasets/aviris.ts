import { recogniseSingle } from './layout.js';
import type { PublishedSet } from './published.js';

const shared = {
  address: 'https://www.ehu.eus/ccwintco/index.php/Hyperspectral_Remote_Sensing_Scenes',
  licence: 'none stated by its page; AVIRIS data of NASA/JPL, research use',
  scenes: 1,
  wavelengths: null,
  span: [400, 2500],
  fullScale: null,
  splits: ['strip'],
} as const;

/** Salinas. */
export const salinas: PublishedSet = {
  ...shared,
  id: 'salinas',
  title: 'Salinas (AVIRIS)',
  citation: 'AVIRIS over Salinas Valley, California, 3.7 m pixels; NASA/JPL',
  bands: [224, 204],
  size: '512 x 217',
  range:
    'array `salinas` (`salinas_corrected` without 20 bands of water), 16-bit radiance; give --full-scale',
  variable: 'salinas',
  layout: [
    'Salinas.mat or Salinas_corrected.mat   (and Salinas_gt.mat, a map of classes, which is no scene)',
  ],
  recognise: (listing) => recogniseSingle(listing, /^salinas(_corrected)?$/i),
};

/** Indian Pines. */
export const indianPines: PublishedSet = {
  ...shared,
  id: 'indian-pines',
  title: 'Indian Pines (AVIRIS)',
  citation:
    'M. F. Baumgardner, L. L. Biehl, D. A. Landgrebe: 220 Band AVIRIS Hyperspectral Image Data Set: June 12, 1992 ' +
    'Indian Pine Test Site 3. Purdue University Research Repository, 2015',
  bands: [220, 200],
  size: '145 x 145',
  range:
    'array `indian_pines` (`indian_pines_corrected` without 20 bands of water), 16-bit; give --full-scale',
  variable: 'indian_pines',
  layout: [
    'Indian_pines.mat or Indian_pines_corrected.mat   (and Indian_pines_gt.mat, a map of classes, which is no scene)',
  ],
  recognise: (listing) => recogniseSingle(listing, /^indian_?pines(_corrected)?$/i),
};
