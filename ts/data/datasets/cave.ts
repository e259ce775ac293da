import { DataError } from '../../errors.js';
import { type FileLayout, type Listing, type PartFolders, recogniseFiles } from './layout.js';
import { type PublishedSet, type Recognition, steps } from './published.js';

/** The 12 scenes of the CAVE database that UnSSR is tested on, in the order of its results; the other 20 train. */
export const unssrTestScenes: readonly string[] = [
  'balloons',
  'clay',
  'egyptian_statue',
  'fake_and_real_beers',
  'fake_and_real_lemons',
  'fake_and_real_peppers',
  'fake_and_real_tomatoes',
  'hairs',
  'real_and_fake_apples',
  'real_and_fake_peppers',
  'stuffed_toys',
  'thread_spools',
];

/** A CAVE scene's name without the ending its folders carry. */
export function caveSceneName(name: string): string {
  return name.replace(/_ms$/, '');
}

/** Splits scenes of the CAVE database as UnSSR does: its 12 test scenes, in its order, and the rest.
 * @throws {DataError} `DATA_SCENE_MISSING` when `requireAll` is set and a test scene is not there. */
export function splitUnssrCave<T extends { name: string }>(
  scenes: readonly T[],
  { requireAll = false } = {},
): { train: T[]; test: T[] } {
  const find = (name: string) => scenes.find((scene) => caveSceneName(scene.name) === name);
  const missing = unssrTestScenes.filter((name) => find(name) === undefined);
  if (requireAll && missing.length > 0) {
    throw new DataError(
      'DATA_SCENE_MISSING',
      `test scenes of UnSSR that are not there: ${missing.join(', ')}`,
    );
  }
  return {
    train: scenes.filter(({ name }) => !unssrTestScenes.includes(caveSceneName(name))),
    test: unssrTestScenes.flatMap((name) => find(name) ?? []),
  };
}

/** The other 20 scenes. */
const otherScenes: readonly string[] = [
  'beads',
  'cd',
  'chart_and_stuffed_toy',
  'cloth',
  'face',
  'fake_and_real_food',
  'fake_and_real_lemon_slices',
  'fake_and_real_strawberries',
  'fake_and_real_sushi',
  'feathers',
  'flowers',
  'glass_tiles',
  'jelly_beans',
  'oil_painting',
  'paints',
  'photo_and_face',
  'pompoms',
  'sponges',
  'superballs',
  'watercolors',
];

const caveScenes: ReadonlySet<string> = new Set([...unssrTestScenes, ...otherScenes]);

function holdsBands({ files, folders, name }: Listing): boolean {
  const isBand = (file: string): boolean => /_\d\d\.png$/i.test(file);
  return files.some(isBand) || folders.some((below) => below.name === name);
}

function part(name: string, word: RegExp): PartFolders {
  const kind = (ending: string): RegExp => new RegExp(`^(cave_)?(${word.source})_?(${ending})$`, 'i');
  return {
    part: name === 'train' ? 'training' : name === 'test' ? 'test' : 'validation',
    cubes: kind('mat|cubes?|spec|spectral|hsi|ms'),
    pictures: [kind('rgb|images?')],
  };
}

/** Scenes as one file each, as many scripts convert them; UnSSR's has Train_mat and Train_rgb. */
const converted: FileLayout = {
  isScene: (stem) => caveScenes.has(caveSceneName(stem)),
  endings: ['.mat', '.h5', '.npy', '.npz', '.hdr'],
  parts: [part('train', /train/), part('validation', /valid|val|validation/), part('test', /test/)],
};

async function recogniseCave(listing: Listing): Promise<Recognition | null> {
  const isScene = (folder: Listing): boolean =>
    caveScenes.has(caveSceneName(folder.name)) && holdsBands(folder);
  const at = (path: string) => ({ path, part: 'all', pictures: [] }) as const;
  if (isScene(listing)) return { folders: [at(listing.path)], names: [listing.name] };
  const scenesOf = (folder: Listing): string[] => folder.folders.filter(isScene).map(({ name }) => name);
  // The folder itself, or all of those in it that hold scenes: complete_ms_data, or train and test.
  const own = scenesOf(listing);
  if (own.length > 0) return { folders: [at(listing.path)], names: own };
  const below = listing.folders.filter((folder) => scenesOf(folder).length > 0);
  if (below.length === 0) return recogniseFiles(listing, converted);
  return { folders: below.map(({ path }) => at(path)), names: below.flatMap(scenesOf) };
}

/** The CAVE multispectral image database. */
export const cave: PublishedSet = {
  id: 'cave',
  title: 'CAVE multispectral image database',
  citation:
    'F. Yasuma, T. Mitsunaga, D. Iso, S. K. Nayar: Generalized Assorted Pixel Camera: Post-Capture Control of Resolution, ' +
    'Dynamic Range and Spectrum. IEEE Transactions on Image Processing 19(9), 2010',
  address: 'https://www.cs.columbia.edu/CAVE/databases/multispectral/',
  licence: "no formal licence; its page makes it available 'to the research community'",
  scenes: 32,
  bands: [31],
  size: '512 x 512',
  wavelengths: steps(400, 700, 10),
  span: [400, 700],
  fullScale: null,
  range: '16-bit PNG, 65535 is 1 (watercolors: 8-bit RGBA with equal channels, 255 is 1)',
  variable: null,
  layout: [
    'complete_ms_data/',
    '  balloons_ms/',
    '    balloons_ms/                 (or the files right here)',
    '      balloons_ms_01.png ... balloons_ms_31.png',
    '      balloons_RGB.bmp',
    '  ...',
  ],
  splits: ['unssr-cave', 'dualsr-cave'],
  recognise: recogniseCave,
};
