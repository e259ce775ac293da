import { type PartFolders, recogniseFiles } from './layout.js';
import { type PublishedSet, steps } from './published.js';

const folders2022: readonly PartFolders[] = [
  { part: 'training', cubes: /^train_spec(tral)?$/i, pictures: [/^train_rgb$/i] },
  { part: 'validation', cubes: /^valid(ation)?_spec(tral)?$/i, pictures: [/^valid(ation)?_rgb$/i] },
  { part: 'test', cubes: /^test_spec(tral)?$/i, pictures: [/^test_rgb$/i] },
];

const folders2020: readonly PartFolders[] = [
  {
    part: 'training',
    cubes: /^(ntire2020_)?train_(spec(tral)?|mat)$/i,
    pictures: [/^(ntire2020_)?train_clean$/i, /^(ntire2020_)?train_realworld$/i, /^train_rgb$/i],
  },
  {
    part: 'validation',
    cubes: /^(ntire2020_)?valid(ation)?_(spec(tral)?|mat)$/i,
    pictures: [
      /^(ntire2020_)?valid(ation)?_clean$/i,
      /^(ntire2020_)?valid(ation)?_realworld$/i,
      /^valid_rgb$/i,
    ],
  },
];

const shared = {
  bands: [31],
  size: '482 x 512',
  wavelengths: steps(400, 700, 10),
  span: [400, 700],
  fullScale: null,
  range: 'MATLAB v7.3 with `cube` (floats, 0 to 1), `bands` and `norm_factor`',
  variable: 'cube',
} as const;

/** ARAD_1K, the data of the NTIRE 2022 challenge. */
export const arad1k: PublishedSet = {
  ...shared,
  id: 'arad1k',
  title: 'ARAD_1K (NTIRE 2022 spectral recovery)',
  citation: 'B. Arad et al.: NTIRE 2022 Spectral Recovery Challenge and Data Set. CVPR Workshops 2022',
  address: 'https://github.com/boazarad/ARAD_1K',
  licence: 'as stated by its page (the data of the challenge; cite the paper)',
  scenes: 1000,
  layout: [
    'Train_spectral/                  (also: Train_Spec/)',
    '  ARAD_1K_0001.mat ... ARAD_1K_0900.mat',
    'Train_RGB/',
    '  ARAD_1K_0001.jpg ... ARAD_1K_0900.jpg',
    'Valid_spectral/, Valid_RGB/      (ARAD_1K_0901 to 0950; some keep all 950 in the first two)',
    'Test_RGB/                        (ARAD_1K_0951 to 1000, without cubes)',
    'split_txt/                       (train_list.txt, valid_list.txt: not needed, --split ntire2022)',
  ],
  splits: ['ntire2022'],
  recognise: (listing) =>
    recogniseFiles(listing, {
      isScene: (stem) => /^ARAD_1K_\d{4}$/i.test(stem),
      endings: ['.mat', '.h5'],
      parts: folders2022,
    }),
};

/** ARAD_HS, the data of the NTIRE 2020 challenge. */
export const arad2020: PublishedSet = {
  ...shared,
  id: 'ntire2020',
  title: 'ARAD_HS (NTIRE 2020 spectral reconstruction)',
  citation:
    'B. Arad et al.: NTIRE 2020 Challenge on Spectral Reconstruction from an RGB Image. CVPR Workshops 2020',
  address: 'https://github.com/boazarad/NTIRE2020_spectral',
  licence: 'as stated by its page (the data of the challenge; cite the paper)',
  scenes: 510,
  layout: [
    'NTIRE2020_Train_Spectral/        (the first word may be missing everywhere; also: Train_mat/)',
    '  ARAD_HS_0001.mat ... ARAD_HS_0450.mat',
    'NTIRE2020_Train_Clean/           (track 1)',
    '  ARAD_HS_0001_clean.png ...',
    'NTIRE2020_Train_RealWorld/       (track 2)',
    '  ARAD_HS_0001_RealWorld.jpg ...',
    'NTIRE2020_Validation_Spectral/, _Clean/, _RealWorld/    (scenes of ARAD_HS_0451 to 0465)',
  ],
  splits: ['ntire2020'],
  recognise: (listing) =>
    recogniseFiles(listing, {
      isScene: (stem) => /^ARAD_HS_\d{4}$/i.test(stem),
      endings: ['.mat', '.h5'],
      parts: folders2020,
    }),
};
