import { DataError } from '../../errors.js';

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
