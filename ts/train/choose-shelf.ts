import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { keptDType, valueBytes } from '../data/cache/index.js';
import { defaultCacheFolder, type Scene, SceneCache } from '../data/index.js';
import { ConfigError } from '../errors.js';
import { bytesOfSize, sizeInWords } from '../reconstruct/memory-size.js';
import { type RunOptions, readSizeFactors } from './run-options.js';
import { CacheShelf, memoryShelf, type SceneShelf } from './scene-shelf.js';

/** What the choice depends on. */
type Wishes = Pick<
  RunOptions,
  'cache' | 'cacheLimit' | 'cacheType' | 'data' | 'task' | 'rgb' | 'camera' | 'sizeFactors'
>;

/** Where the decoded scenes of a run go, and a sentence about it where it is not memory. */
export interface ChosenShelf {
  shelf: SceneShelf;
  notice: string | null;
}

/** Memory, or the cache: as `cache` says; `auto` takes the cache where the decoded scenes need more than half of the memory that is
 * free, and for a type that memory does not hold.
 * @throws {ConfigError} `CONFIG_MEMORY` where the scenes do not fit the limit of a cache that was asked for. */
export async function chooseShelf(scenes: readonly Scene[], options: Wishes): Promise<ChosenShelf> {
  const { cache, cacheType } = options;
  if (cache === 'off') return { shelf: memoryShelf, notice: null };
  if (cache === 'auto' && cacheType === 'stored') {
    const inMemory = await decodedBytes(scenes, options);
    const free = process.availableMemory();
    if (inMemory <= free / 2) return { shelf: memoryShelf, notice: null };
  }
  const folder = cache === 'auto' ? defaultCacheFolder() : resolve(cache);
  const [needed, limit] = [await decodedBytes(scenes, options), await limitOf(folder, options.cacheLimit)];
  if (needed > limit) return withoutRoom(options, folder, needed, limit);
  const shelf = new CacheShelf(new SceneCache(folder, limit), cacheType);
  return { shelf, notice: `${sizeInWords(needed)} of decoded scenes are mapped from ${folder}` };
}

function withoutRoom(
  { cache, cacheType, data }: Wishes,
  folder: string,
  needed: number,
  limit: number,
): ChosenShelf {
  const why = `the decoded scenes of ${data} take ${sizeInWords(needed)}, the cache in ${folder} may take ${sizeInWords(limit)}`;
  if (cache === 'auto' && cacheType === 'stored') {
    return { shelf: memoryShelf, notice: `${why}: they are held in memory (--cache-limit, --cache DIR)` };
  }
  throw new ConfigError(
    'CONFIG_MEMORY',
    `${why}: raise cacheLimit, or name a folder on a larger disk as cache`,
  );
}

/** Bytes of all planes of a run, told by the headers of its files. */
export async function decodedBytes(scenes: readonly Scene[], options: Wishes): Promise<number> {
  const { cacheType, task, rgb, camera, sizeFactors } = options;
  const float = valueBytes[keptDType('float32', cacheType)];
  const smaller = task === 'spatial' ? readSizeFactors(sizeFactors).filter((factor) => factor !== 1) : [];
  const atSizes = smaller.reduce((sum, factor) => sum + factor ** 2, 0);
  let bytes = 0;
  for (const scene of scenes) {
    const { height, width, bands, dtype } = await scene.info();
    const values = (bands ?? 0) * height * width;
    bytes += values * (valueBytes[keptDType(dtype ?? 'float32', cacheType)] + atSizes * float);
    // A camera that the sampler takes needs no pictures; that is told later, and they are a small part.
    const pictured = rgb === 'files' || bands === null || camera !== undefined;
    if (task !== 'spatial' && pictured) bytes += 3 * height * width * float;
  }
  return bytes;
}

/** Bytes that the cache may take: as given, else half of the disk that is free or the cache's own. */
export async function limitOf(folder: string, given: string | undefined): Promise<number> {
  if (given !== undefined) return bytesOfSize('cacheLimit', given, 0);
  const own = await new SceneCache(folder).bytes();
  const { bavail, bsize } = await statfs(await nearestFolder(folder));
  return (own + bavail * bsize) / 2;
}

async function nearestFolder(folder: string): Promise<string> {
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  return there || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
