import { recogniseSingle } from './layout.js';
import type { PublishedSet } from './published.js';

/** Chikusei. */
export const chikusei: PublishedSet = {
  id: 'chikusei',
  title: 'Chikusei (Headwall Hyperspec-VNIR-C)',
  citation:
    'N. Yokoya, A. Iwasaki: Airborne hyperspectral data over Chikusei. Technical report SAL-2016-05-27, ' +
    'Space Application Laboratory, University of Tokyo, 2016',
  address: 'https://naotoyokoya.com/Download.html',
  licence: 'as stated by its page (free for research; cite the report)',
  scenes: 1,
  bands: [128],
  size: '2517 x 2335',
  wavelengths: null,
  span: [363, 1018],
  fullScale: null,
  range: 'array `chikusei`; the SSPSR scripts divide by its largest value (datasets check prints it)',
  variable: 'chikusei',
  layout: [
    'HyperspecVNIR_Chikusei_20140729.mat    (or the ENVI file, with wavelengths; the ground truth beside it is no scene)',
  ],
  splits: ['sspsr-chikusei', 'strip'],
  recognise: (listing) => recogniseSingle(listing, /^(HyperspecVNIR_)?Chikusei(_2014\d{4})?$/i),
};
