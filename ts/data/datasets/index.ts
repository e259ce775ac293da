export { caveSceneName, splitUnssrCave, unssrTestScenes } from './cave.js';
export { Dataset, type DatasetOptions, openDataset } from './dataset.js';
export { type FoundScene, findScenes, sceneStem } from './find-scenes.js';
export { type SceneArea, CroppedScene } from './cropped-scene.js';
export { Scene, type SceneInfo, type SceneKind, type SceneReadOptions } from './scene.js';
export type { PublishedSet, Recognition, SceneFolder, ScenePart } from './published.js';
export {
  datasets,
  publishedSet,
  publishedSets,
  type RecognisedSet,
  recogniseDataset,
  recognisedWords,
} from './registry.js';
