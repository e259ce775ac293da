import { DataError } from '../../errors.js';
import { type Listing, stemOf } from './layout.js';
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

function recogniseCave(listing: Listing): Recognition | null {
  const found = (folder: Listing, names: readonly string[]): Recognition => ({
    folders: [{ path: folder.path, part: 'all', pictures: [] }],
    names,
  });
  const isScene = (folder: Listing): boolean =>
    caveScenes.has(caveSceneName(folder.name)) && holdsBands(folder);
  if (isScene(listing)) return found(listing, [listing.name]);
  for (const folder of [listing, ...listing.folders]) {
    const scenes = folder.folders.filter(isScene).map(({ name }) => name);
    const cubes = folder.files.filter((name) => caveScenes.has(caveSceneName(stemOf(name))));
    const files = cubes.filter((name) => /\.(mat|h5|npy|npz|hdr)$/i.test(name)).map(stemOf);
    if (scenes.length + files.length > 0) return found(folder, [...scenes, ...files]);
  }
  return null;
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
