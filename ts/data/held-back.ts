import { CroppedScene } from './datasets/cropped-scene.js';
import type { Scene } from './datasets/scene.js';
import { namedSplit, splitByArea } from './named-splits.js';
import { splitByFile } from './split-file.js';

/** The scenes that a split holds back, by its name or from a text file of names; of a split by area, the parts of the one scene
 * that it holds back, as scenes of their own.
 * @throws {DataError} `DATA_MISSING`, `DATA_SCENE_MISSING`, `DATA_SIZE_MISMATCH`. @throws {ConfigError} `CONFIG_VALUE`. */
export async function heldBackScenes(scenes: readonly Scene[], split: string): Promise<Scene[]> {
  const rule = namedSplit(split);
  if (rule?.areas === undefined) return (await splitByFile(scenes, split)).named;
  const areas = await Promise.all(
    scenes.map(async (scene, index) => {
      const { height, width } = await scene.info();
      return { scene: index, name: scene.name, height, width };
    }),
  );
  const { validation } = splitByArea(areas, rule, { share: 0.2, patch: 1 });
  return validation.flatMap(({ scene = 0, row = 0, column = 0, height, width }, place) => {
    const whole = scenes[scene];
    if (whole === undefined) return [];
    const name = validation.length > 1 ? `${whole.name}-${place + 1}` : whole.name;
    return [new CroppedScene(whole, { row, column, height, width }, name)];
  });
}
