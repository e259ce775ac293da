export { type CachedScene, type CacheEntry, defaultCacheFolder, SceneCache } from './scene-cache.js';
export type { CacheType, SceneFile, SceneSource } from './scene-file.js';
export { type Strip, type TiledDType, valueBytes } from './tiles.js';
