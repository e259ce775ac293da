import { recogniseSingle } from './layout.js';
import type { PublishedSet } from './published.js';

const shared = {
  licence: 'as stated by its page (terms of the contest, to be accepted before the download; cite the paper)',
  scenes: 1,
  wavelengths: null,
  span: [380, 1050],
  fullScale: null,
  variable: null,
  splits: ['strip'],
} as const;

/** Houston 2013. */
export const houston2013: PublishedSet = {
  ...shared,
  id: 'houston2013',
  title: 'Houston 2013 (GRSS data fusion contest, CASI)',
  citation:
    'C. Debes et al.: Hyperspectral and LiDAR Data Fusion: Outcome of the 2013 GRSS Data Fusion Contest. IEEE JSTARS 7(6), 2014',
  address: 'https://hyperspectral.ee.uh.edu/?page_id=459',
  bands: [144],
  size: '349 x 1905',
  range: '16-bit numbers; give --full-scale',
  layout: [
    '2013_IEEE_GRSS_DF_Contest_CASI.tif   (or DFC2013_Houston.mat, a copy; _LiDAR and _gt are no scenes)',
  ],
  recognise: (listing) =>
    recogniseSingle(
      listing,
      /^(2013_IEEE_GRSS_DF_Contest_CASI(_349_1905_144)?|DFC2013_Houston|Houston(13|2013)?)$/i,
    ),
};

/** Houston 2018. */
export const houston2018: PublishedSet = {
  ...shared,
  id: 'houston2018',
  title: 'Houston 2018 (GRSS data fusion contest, CASI)',
  citation:
    'Y. Xu et al.: Advanced Multi-Sensor Optical Remote Sensing for Urban Land Use and Land Cover Classification: ' +
    'Outcome of the 2018 IEEE GRSS Data Fusion Contest. IEEE JSTARS 12(6), 2019',
  address: 'https://hyperspectral.ee.uh.edu/?page_id=1075',
  bands: [48, 50],
  size: '1202 x 4172',
  range:
    '16-bit numbers; give --full-scale. Files with 50 bands: the last two are not spectral, leave them out',
  layout: ['FullHSIDataset/', '  20170218_UH_CASI_S4_NAD83.hdr, .pix'],
  recognise: (listing) => recogniseSingle(listing, /^(20170218_UH_CASI_S4_NAD83|Houston(18|2018))$/i),
};
