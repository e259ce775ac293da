/** Reconstruction: images and a checkpoint in, cubes on disk out. */
export type * from './events.js';
export { type OpenNetwork, type OpenNetworkOptions, openNetwork } from './open-network.js';
export {
  type ReconstructedImage,
  type ReconstructOptions,
  type ReconstructResult,
  reconstruct,
} from './reconstruct.js';
