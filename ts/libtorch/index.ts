export { type AddonFacts, checkLoadable, locateAddon, readAddonFacts } from './addon-facts.js';
export {
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
  type Finding,
  type RuntimeFacts,
} from './diagnose.js';
export { type InstallOptions, installLibTorch, useLibTorch } from './install.js';
export { type ListedLibTorch, listLibTorch } from './list.js';
export { type LibTorch, type LibTorchOrigin, type LocateOptions, locateLibTorch } from './locate.js';
export { type SystemLibraries, systemLibraries } from './system.js';
export { cacheNameOf, type LibTorchFacts, readLibTorch, titleOf } from './version.js';
