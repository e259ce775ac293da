import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MatCubeWriter } from '../data/index.js';
import { viewTable } from '../evaluate/view-table.js';
import { makeFolder, writeAtomically } from '../io/index.js';
import { native } from '../native/index.js';
import { demoWavelengths } from './lights.js';
import { renderCube } from './render.js';
import { stillLife } from './still-life.js';

/** What a set of scenes is made of; changing it makes them anew. */
export interface SceneRecipe {
  /** Raised when the way scenes are made changes. */
  version: number;
  /** Side in pixels. */
  size: number;
  /** Seeds of the scenes to train on, and of those kept for scoring. */
  train: readonly number[];
  unseen: readonly number[];
}

/** The scenes of `npm run demo`. */
export const demoRecipe: SceneRecipe = {
  version: 1,
  size: 256,
  train: [1, 2, 3, 4, 5, 6, 7, 8],
  unseen: [21, 22],
};

/** Where the scenes lie. */
export interface DemoScenes {
  train: string;
  unseen: string;
  /** A picture of all of them. */
  sheet: string;
  count: number;
}

/** Makes the synthetic scenes of the demonstration, as .mat cubes of 16 bits with 31 bands, 400 to 700 nm; keeps them when they are
 * there already.
 * @param say told of each scene that is made. */
export async function makeScenes(
  folder: string,
  say: (text: string) => void,
  recipe: SceneRecipe = demoRecipe,
): Promise<DemoScenes> {
  const scenes: DemoScenes = {
    train: join(folder, 'train'),
    unseen: join(folder, 'unseen'),
    sheet: join(folder, 'scenes.png'),
    count: recipe.train.length + recipe.unseen.length,
  };
  const record = join(folder, 'scenes.json');
  const words = JSON.stringify(recipe);
  if ((await readFile(record, 'utf8').catch(() => '')) === words) return scenes;
  await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  const tiles: Uint8Array[] = [];
  for (const [place, seeds] of [
    [scenes.train, recipe.train],
    [scenes.unseen, recipe.unseen],
  ] as const) {
    for (const seed of seeds) {
      const file = join(place, `still-life-${seed}.mat`);
      tiles.push(await makeScene(file, seed, recipe.size));
      say(`scene ${tiles.length} of ${scenes.count}: ${file}`);
    }
  }
  await writeSheet(scenes.sheet, tiles, recipe.size);
  await writeAtomically(record, (handle) => handle.writeFile(words));
  return scenes;
}

/** Renders a scene, writes its cube, and returns its picture. */
async function makeScene(file: string, seed: number, size: number): Promise<Uint8Array> {
  const bands = demoWavelengths.length;
  const cube = renderCube(stillLife(seed), size, seed);
  const stored = Uint16Array.from(cube, (value) => Math.round(65535 * value));
  const plan = { bands, height: size, width: size, dtype: 'uint16', wavelengths: demoWavelengths } as const;
  const writer = await MatCubeWriter.create(file, plan);
  await writer.writeBlock({ row: 0, column: 0, height: size, width: size }, stored);
  await writer.finish();
  const tensor = native().fromTypedArray(cube, [bands, size, size], 'float32', 'cpu');
  const picture = await native().srgbPicture(tensor, viewTable(bands, demoWavelengths));
  tensor.dispose();
  const bytes = (await native().toTypedArray(picture)) as Uint8Array;
  picture.dispose();
  return bytes;
}

/** All scenes in rows of five. */
async function writeSheet(file: string, pictures: readonly Uint8Array[], size: number): Promise<void> {
  const { default: sharp } = await import('sharp');
  const [columns, gap] = [5, 6];
  const step = size + gap;
  const raw = { width: size, height: size, channels: 3 as const };
  const layers = pictures.map((bytes, index) => ({
    input: Buffer.from(bytes),
    raw,
    left: gap + (index % columns) * step,
    top: gap + Math.floor(index / columns) * step,
  }));
  const height = gap + Math.ceil(pictures.length / columns) * step;
  const sheet = sharp({ create: { width: gap + columns * step, height, channels: 3, background: '#fff' } });
  const png = await sheet.composite(layers).png().toBuffer();
  await writeAtomically(file, (handle) => handle.writeFile(png));
}
