import { recogniseFiles } from './layout.js';
import { type PublishedSet, steps } from './published.js';

/** Scenes under daylight, `img` and these. */
const daylight =
  '1 2 a1 a2 a5 a6 a7 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c1 c2 c4 c5 c7 c8 c9 d2 d3 d4 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 ' +
  'f1 f2 f3 f4 f5 f6 f7 f8 h0 h1 h2 h3';
const daylightNames: ReadonlySet<string> = new Set(daylight.split(' ').map((name) => `img${name}`));

/** The names are short and common: outside folders of the set's own names only the daylight scenes' count. */
function isScene(stem: string, folder: string): boolean {
  if (/^CZ_hsdbi?$/i.test(folder)) return /^img[a-z]?\d$/.test(stem);
  return daylightNames.has(stem) || (/harvard|indoor|outdoor/i.test(folder) && /^img[a-z]?\d$/.test(stem));
}

/** The Harvard database of real-world hyperspectral images. */
export const harvard: PublishedSet = {
  id: 'harvard',
  title: 'Harvard real-world hyperspectral images',
  citation: 'A. Chakrabarti, T. Zickler: Statistics of Real-World Hyperspectral Images. CVPR 2011',
  address: 'http://vision.seas.harvard.edu/hyperspec/',
  licence: 'as stated by its page (research use; cite the paper)',
  scenes: 77,
  bands: [31],
  size: '1040 x 1392',
  wavelengths: steps(420, 720, 10),
  span: [420, 720],
  fullScale: null,
  range:
    'array `ref` of floats without a common full scale: the published scripts divide each cube by its maximum (prepare --by-maximum); ' +
    '`lbl` is 0 where pixels should be masked out',
  variable: 'ref',
  layout: [
    'CZ_hsdb/                         (50 scenes under daylight; also: outdoor/)',
    '  img1.mat, img2.mat, imga1.mat ... imgh3.mat',
    'CZ_hsdbi/                        (27 scenes under artificial and mixed light; also: indoor/)',
    '  *.mat',
  ],
  splits: ['dualsr-harvard'],
  recognise: (listing) => recogniseFiles(listing, { isScene, endings: ['.mat', '.h5'] }),
};
