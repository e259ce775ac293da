import { recogniseSingle } from './layout.js';
import type { PublishedSet } from './published.js';

/** Washington DC Mall. */
export const washingtonDc: PublishedSet = {
  id: 'washington-dc',
  title: 'Washington DC Mall (HYDICE)',
  citation: 'D. A. Landgrebe: Signal Theory Methods in Multispectral Remote Sensing. Wiley, 2003',
  address: 'https://engineering.purdue.edu/~biehl/MultiSpec/hyperspectral.html',
  licence:
    'as stated by its page (provided by the Spectral Information Technology Application Center of Virginia)',
  scenes: 1,
  bands: [191],
  size: '1280 x 307',
  wavelengths: null,
  span: [400, 2400],
  fullScale: null,
  range: '16-bit numbers; give --full-scale',
  variable: null,
  layout: ['dc.tif                           (or DC.mat, Washington_DC_Mall.mat: copies)'],
  splits: ['strip'],
  recognise: (listing) => recogniseSingle(listing, /^(dc|washington_?dc(_?mall)?|dc_?mall)$/i),
};
