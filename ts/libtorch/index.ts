export { type AddonFacts, checkLoadable, locateAddon, readAddonFacts } from './addon-facts.js';
export { type LibTorch, type LibTorchOrigin, type LocateOptions, locateLibTorch } from './locate.js';
