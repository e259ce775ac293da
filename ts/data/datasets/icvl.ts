import { recogniseFiles } from './layout.js';
import { type PublishedSet, steps } from './published.js';

/** The ICVL database of natural hyperspectral images. */
export const icvl: PublishedSet = {
  id: 'icvl',
  title: 'BGU ICVL hyperspectral database',
  citation:
    'B. Arad, O. Ben-Shahar: Sparse Recovery of Hyperspectral Signal from Natural RGB Images. ECCV 2016',
  address: 'https://icvl.cs.bgu.ac.il/hyperspectral/',
  licence: 'as stated by its page (research use; cite the paper)',
  scenes: 201,
  bands: [31, 519],
  size: '1392 x 1300',
  wavelengths: steps(400, 700, 10),
  span: [400, 700],
  fullScale: 4095,
  range: 'array `rad`, 12-bit values: 4095 is 1; `rgb` is a picture, `bands` the wavelengths',
  variable: 'rad',
  layout: [
    'ICVL/',
    '  4cam_0411-1640-1.mat, BGU_0403-1419-1.mat ... (one folder; 31 bands, made of 519 of the raw files)',
  ],
  splits: [],
  recognise: (listing) =>
    recogniseFiles(listing, {
      isScene: (stem) => /_\d{4}-\d{4}(-\d)?$/.test(stem),
      endings: ['.mat', '.h5'],
    }),
};
