import { recogniseFiles } from './layout.js';
import { type PublishedSet, steps } from './published.js';

/** The KAUST data set. Its files have no names of their own kind: the folder's must say `KAUST`. */
export const kaust: PublishedSet = {
  id: 'kaust',
  title: 'KAUST hyperspectral images',
  citation:
    'Y. Li, Q. Fu, W. Heidrich: Multispectral illumination estimation using deep unrolling network. ICCV 2021',
  address: 'https://repository.kaust.edu.sa (look for the title of the paper)',
  licence: 'as stated by its page (research use; cite the paper)',
  scenes: 409,
  bands: [34, 31],
  size: '512 x 512',
  wavelengths: steps(400, 730, 10),
  span: [400, 730],
  fullScale: null,
  range:
    'array `img\\` (with the backslash) of HDF5 files; look at the largest value before you trust a scale: hyperlift datasets check',
  variable: 'img\\',
  layout: [
    'KAUST/                           (the name tells it)',
    '  *.h5                           (or *.mat)',
  ],
  splits: [],
  recognise: (listing) =>
    recogniseFiles(listing, {
      isScene: (_, folder) => /kaust/i.test(folder),
      endings: ['.h5', '.hdf5', '.mat'],
    }),
};
