export {
  type CachedScene,
  type CacheEntry,
  type CacheType,
  defaultCacheFolder,
  SceneCache,
  type SceneFile,
  type SceneSource,
} from './cache/index.js';
export * from './cube.js';
export * from './datasets/index.js';
export { checkFinite } from './finite.js';
export { type FingerprintMode, fingerprintFiles } from './fingerprint.js';
export type {
  AxisOrder,
  CubeFormat,
  CubePlan,
  CubeReader,
  CubeWindow,
  CubeWriter,
  ReadCubeOptions,
  WriteCubeOptions,
} from './formats/format.js';
export {
  createCube,
  cubeInfo,
  formatNamed,
  formatOf,
  formats,
  formatWords,
  openCube,
  readCube,
  writeCube,
  writerFor,
} from './formats/index.js';
export { settleWindow } from './formats/format.js';
export { type PourOptions, pourCube, turnedBands } from './formats/lines.js';
export {
  type CubeBlock,
  type MatArray,
  type MatCubePlan,
  MatCubeWriter,
  writeMatArrays,
} from './formats/mat/mat5-writer.js';
export { cubeBytes } from './formats/cube-bytes.js';
export {
  imageExtensions,
  pictureFacts,
  type ReadRgbOptions,
  readRgb,
  rgbSize,
} from './formats/pictures/rgb-image.js';
export {
  type Augmentation,
  batchesPerEpoch,
  drawCorners,
  type EpochOptions,
  epochPlan,
  fivefoldPlan,
  heldBackPlan,
  type PatchArea,
  patchGrid,
  planColumns,
} from './patch-plan.js';
export { heldBackScenes } from './held-back.js';
export { Random } from './random.js';
export { summarise, type ValueSummary } from './summary.js';
export { type Split, splitArea, splitScenes } from './split.js';
export {
  type NamedSplit,
  namedSplit,
  namedSplits,
  requireApart,
  splitByArea,
} from './named-splits.js';
export { type ListedScenes, splitByFile } from './split-file.js';
