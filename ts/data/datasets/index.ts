export { caveSceneName, splitUnssrCave, unssrTestScenes } from './cave.js';
export { Dataset, type DatasetOptions, openDataset } from './dataset.js';
export { type FoundScene, findScenes, sceneStem } from './find-scenes.js';
export { Scene, type SceneInfo, type SceneKind, type SceneReadOptions } from './scene.js';
