import { resolve } from 'node:path';
import {
  type CachedScene,
  type CacheType,
  cubeKey,
  keptDType,
  openCubeSource,
  pictureKey,
  resizedKey,
  type SceneCache,
  type SceneSource,
  takenKey,
  valueBytes,
} from '../data/cache/index.js';
import type { CubeValues, Scene } from '../data/index.js';
import {
  type Camera,
  type CameraResponse,
  cameraRecord,
  responseRecord,
  toCameraSpace,
} from '../degrade/index.js';
import { type NativeMappedPlane, type NativePlane, type NativeSceneStore, native } from '../native/index.js';
import type { RunOptions } from './run-options.js';
import { scenePicture } from './scene-camera.js';

/** A plane for the native store, with its size. */
export interface KeptPlane {
  height: number;
  width: number;
  plane: NativePlane | NativeMappedPlane;
}

/** A part of a scene of the store. */
export interface ResizedPart {
  scene: number;
  name: string;
  area: { row: number; column: number; height: number; width: number };
  factor: number;
}

/** What beside the camera a picture depends on, and what stops it. */
export interface TakenHow {
  seed: number;
  signal: AbortSignal | undefined;
}

/** Where the decoded scenes of a run are kept. */
export interface SceneShelf {
  /** A scene's cube. */
  cube(scene: Scene): Promise<KeptPlane>;
  /** A scene's picture in the space of the camera. */
  picture(scene: Scene, kind: RunOptions['rgbKind'], camera: CameraResponse): Promise<KeptPlane>;
  /** The picture that a camera takes of a scene's cube, by the seed. */
  taken(scene: Scene, camera: Camera, how: TakenHow): Promise<KeptPlane>;
  /** Adds a part of a scene at another size to the store. */
  resized(store: NativeSceneStore, part: ResizedPart): Promise<number>;
  /** Nothing of it is used any more. */
  close(): Promise<void>;
}

/** Scenes in memory, in their stored type. */
export const memoryShelf: SceneShelf = {
  async cube(scene) {
    const { data, bands, height, width, fullScale: scale } = await scene.readCube();
    return { height, width, plane: { values: storable(data), bands, scale } };
  },
  async picture(scene, kind, camera) {
    const picture = await scene.readRgb();
    const { height, width } = picture;
    return {
      height,
      width,
      plane: { values: await toCameraSpace(picture, kind, camera), bands: 3, scale: 1 },
    };
  },
  async taken(scene, camera, how) {
    const { height, width, values, scale } = await scenePicture(scene, camera, how);
    return { height, width, plane: { values, bands: 3, scale } };
  },
  resized: (store, { scene, area, factor }) => store.addResized(scene, area, factor),
  close: async () => undefined,
};

function storable(values: CubeValues): Uint8Array | Uint16Array | Float32Array {
  const keeps =
    values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Float32Array;
  return keeps ? values : Float32Array.from(values);
}

function mappedPlane({ scene }: CachedScene): KeptPlane {
  const { height, width, file, offset, dtype, tile, bands, scale } = scene;
  return { height, width, plane: { file, offset, dtype, tile, bands, scale } };
}

/** Bytes of a plane in the cache, without its header. */
function bytesOf(bands: number, height: number, width: number, dtype: keyof typeof valueBytes): number {
  return bands * height * width * valueBytes[dtype];
}

/** Values in memory as the cache takes them. */
function sourceOf(facts: Omit<SceneSource, 'read'>, values: CubeValues): SceneSource {
  const { height, width } = facts;
  return {
    ...facts,
    read: async (row) => ({ values, start: row * width, bandStep: height * width }),
  };
}

/** Scenes in files of a cache, mapped. They are built where they are missing, and in use until the shelf is closed. */
export class CacheShelf implements SceneShelf {
  readonly #opened: CachedScene[] = [];
  /** The cubes, by the scenes' names. */
  readonly #cubes = new Map<string, { key: string; bands: number }>();

  constructor(
    readonly cache: SceneCache,
    readonly type: CacheType,
  ) {}

  async cube(scene: Scene): Promise<KeptPlane> {
    const key = await cubeKey(scene, this.type);
    const { bands, height, width, dtype } = await scene.info();
    this.#cubes.set(scene.name, { key, bands: bands ?? 0 });
    const kept = keptDType(dtype ?? 'float32', this.type);
    return this.#kept(key, bytesOf(bands ?? 0, height, width, kept), () => openCubeSource(scene));
  }

  async picture(scene: Scene, kind: RunOptions['rgbKind'], camera: CameraResponse): Promise<KeptPlane> {
    const space = kind === 'camera' ? { kind } : { kind, camera: responseRecord(camera) };
    const key = await pictureKey(scene, space, this.type);
    const { height, width } = await scene.info();
    return this.#kept(key, bytesOf(3, height, width, keptDType('float32', this.type)), async () => {
      const picture = await scene.readRgb();
      const { name } = picture;
      const origin = { ...picture.origin, file: resolve(picture.origin.file) };
      const values = await toCameraSpace(picture, kind, camera);
      return sourceOf({ bands: 3, height, width, scale: 1, name, origin }, values);
    });
  }

  async taken(scene: Scene, camera: Camera, how: TakenHow): Promise<KeptPlane> {
    const { name: _name, ...steps } = cameraRecord(camera);
    const response = responseRecord(camera.response);
    const { seed } = how;
    const key = takenKey(
      await cubeKey(scene, 'stored'),
      { name: scene.name, steps, response, seed },
      this.type,
    );
    const { height, width } = await scene.info();
    return this.#kept(key, bytesOf(3, height, width, keptDType('float32', this.type)), async () => {
      const { values, scale } = await scenePicture(scene, camera, how);
      const origin = { file: `camera '${camera.name}'`, format: 'camera' };
      return sourceOf({ bands: 3, height, width, scale, name: scene.name, origin }, values);
    });
  }

  /** Made from the mapped scene, and cached too: in memory it would take more than the scene itself. */
  async resized(store: NativeSceneStore, { scene, name, area, factor }: ResizedPart): Promise<number> {
    const { key: cube, bands } = this.#cubes.get(name) ?? { key: name, bands: 0 };
    const [high, wide] = [Math.ceil(area.height * factor), Math.ceil(area.width * factor)];
    const key = resizedKey(cube, area, factor, this.type);
    const bytes = bytesOf(bands, high, wide, keptDType('float32', this.type));
    const { height, width, plane } = await this.#kept(key, bytes, async () => {
      const tensor = await store.resized(scene, area, factor);
      try {
        const values = await native().toTypedArray(tensor);
        const origin = { file: `${name}, ${factor} of its size`, format: 'resized' };
        const facts = { bands, height: high, width: wide, scale: 1, name, origin };
        return sourceOf(facts, values as Float32Array);
      } finally {
        tensor.dispose();
      }
    });
    return store.add({ name, height, width, cube: plane });
  }

  async #kept(key: string, bytes: number, build: () => Promise<SceneSource>): Promise<KeptPlane> {
    const opened = await this.cache.open(key, this.type, build, bytes);
    this.#opened.push(opened);
    return mappedPlane(opened);
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map(({ release }) => release()));
  }
}
