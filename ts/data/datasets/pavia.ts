import { recogniseSingle } from './layout.js';
import type { PublishedSet } from './published.js';

const ehu = 'https://www.ehu.eus/ccwintco/index.php/Hyperspectral_Remote_Sensing_Scenes';

const shared = {
  citation: 'ROSIS scenes of Pavia, by courtesy of P. Gamba, University of Pavia',
  address: ehu,
  licence: 'none stated by its page; research use with the acknowledgement above',
  scenes: 1,
  wavelengths: null,
  span: [430, 860],
  fullScale: null,
  splits: ['strip'],
} as const;

/** Pavia Centre. */
export const paviaCentre: PublishedSet = {
  ...shared,
  id: 'pavia-centre',
  title: 'Pavia Centre (ROSIS)',
  bands: [102],
  size: '1096 x 715 (of 1096 x 1096, a strip without data left out)',
  range: 'array `pavia`, 16-bit numbers; the SSPSR scripts divide by 8000 (--full-scale 8000)',
  variable: 'pavia',
  layout: ['Pavia.mat                        (and Pavia_gt.mat, a map of classes, which is no scene)'],
  recognise: (listing) => recogniseSingle(listing, /^pavia(_?cent(re|er))?$/i),
};

/** Pavia University. */
export const paviaUniversity: PublishedSet = {
  ...shared,
  id: 'pavia-university',
  title: 'Pavia University (ROSIS)',
  bands: [103],
  size: '610 x 340',
  range: 'array `paviaU`, 16-bit numbers; give --full-scale, such as 8000',
  variable: 'paviaU',
  layout: ['PaviaU.mat                       (and PaviaU_gt.mat, a map of classes, which is no scene)'],
  recognise: (listing) => recogniseSingle(listing, /^pavia_?u(niversity)?$/i),
};
