export { openCubeSource } from './cube-source.js';
export { cubeKey, pictureKey, resizedKey, takenKey } from './keys.js';
export { type CachedScene, type CacheEntry, defaultCacheFolder, SceneCache } from './scene-cache.js';
export type { CacheType, SceneFile, SceneSource } from './scene-file.js';
export { keptDType, type Strip, type TiledDType, valueBytes } from './tiles.js';
