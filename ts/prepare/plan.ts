import { Random, type Scene } from '../data/index.js';
import { DataError } from '../errors.js';
import { drawPlaces, type Place, type PlaceOptions } from './places.js';

/** A scene at one of its sizes, and what is cut from it. */
export interface Cut {
  factor: number;
  places: Place[];
}

/** What is made of a scene. */
export interface ScenePlan {
  scene: Scene;
  cuts: Cut[];
  samples: number;
}

/** What is made of all scenes. */
export interface Plan {
  scenes: ScenePlan[];
  samples: number;
  /** Scenes and sizes that hold no patch. */
  left: string[];
}

const placeStream = 5;

/** Draws everything before a value is read, so that its length is known.
 * @param factors sizes of a scene, as parts of its own.
 * @throws {DataError} `DATA_SCENE_KIND` for a picture; `DATA_PATCH_TOO_LARGE` where no scene holds a patch at any size. */
export async function planPatches(
  scenes: readonly Scene[],
  factors: readonly number[],
  { seed, ...options }: PlaceOptions & { seed: number },
): Promise<Plan> {
  const left: string[] = [];
  const plans: ScenePlan[] = [];
  for (const [number, scene] of scenes.entries()) {
    const info = await sizeOf(scene);
    const cuts: Cut[] = [];
    for (const [i, factor] of factors.entries()) {
      const size = { height: Math.ceil(info.height * factor), width: Math.ceil(info.width * factor) };
      if (Math.min(size.height, size.width) < options.patch) {
        left.push(`${scene.name} at ${factor} (${size.height}x${size.width})`);
        continue;
      }
      cuts.push({ factor, places: drawPlaces(size, options, new Random(seed, number, i, placeStream)) });
    }
    const samples = cuts
      .flatMap(({ places }) => places)
      .reduce((sum, { variants }) => sum + variants.length, 0);
    plans.push({ scene, cuts, samples });
  }
  const samples = plans.reduce((sum, plan) => sum + plan.samples, 0);
  if (samples > 0) return { scenes: plans, samples, left };
  throw new DataError(
    'DATA_PATCH_TOO_LARGE',
    `no scene can hold a patch of ${options.patch}x${options.patch} pixels: ${left.join(', ')}`,
  );
}

async function sizeOf(scene: Scene): Promise<{ height: number; width: number }> {
  if (scene.kind !== 'rgb') return scene.info();
  throw new DataError(
    'DATA_SCENE_KIND',
    `scene '${scene.name}' is a picture (${scene.rgbPath}); patches are cut from cubes`,
  );
}
