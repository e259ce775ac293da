import type { CacheType, SceneSource } from '../../../../ts/data/cache/index.js';
import { native } from '../../../../ts/native/index.js';

/** Sizes that are no multiple of a tile. */
export const sizes = { bands: 3, height: 150, width: 139 };

/** Values that differ from pixel to pixel. */
export function cubeValues(seed: number): Uint16Array {
  const { bands, height, width } = sizes;
  let state = seed + 1;
  return Uint16Array.from({ length: bands * height * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  });
}

/** A source of {@link cubeValues}, which counts how often it is read. */
export function cubeSource(seed: number): SceneSource & { reads: number } {
  const values = cubeValues(seed);
  const { bands, height, width } = sizes;
  const origin = { file: `/data/scene${seed}.mat`, format: 'mat5' };
  return {
    bands,
    height,
    width,
    scale: 65535,
    name: `scene${seed}`,
    origin,
    reads: 0,
    async read(row: number) {
      this.reads++;
      return { values, start: row * width, bandStep: height * width };
    },
  };
}

/** Bytes of a cube in the cache, without its header. */
export const cubeBytes: Readonly<Record<CacheType, number>> = {
  stored: sizes.bands * sizes.height * sizes.width * 2,
  float16: sizes.bands * sizes.height * sizes.width * 2,
  float32: sizes.bands * sizes.height * sizes.width * 4,
};

/** Values of what a store gives for a plan. */
export async function sampled(
  store: ReturnType<ReturnType<typeof native>['createSceneStore']>,
  plan: readonly number[],
  patch: number,
  more: object = {},
): Promise<{ rgb: number[]; cube: number[] }> {
  const camera = { response: Float64Array.from({ length: sizes.bands * 3 }, (_, i) => 20 + i), rgbBands: 3 };
  const { rgb, cube } = await store.sample(Int32Array.from(plan), { patch, camera, cubes: true, ...more });
  const numbers = async (tensor: typeof rgb): Promise<number[]> => {
    const values = Array.from(await native().toTypedArray(tensor), Number);
    tensor.dispose();
    return values;
  };
  return { rgb: await numbers(rgb), cube: cube === null ? [] : await numbers(cube) };
}
