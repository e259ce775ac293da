export { AtomicFile, makeFolder, writeAtomically, writeFully } from './atomic-write.js';
export {
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsHeader,
  writeSafetensors,
} from './safetensors.js';
export {
  bytesPerElement,
  elementCount,
  entryValues,
  type TensorEntries,
  type TensorEntry,
  tensorEntry,
} from './tensor-entry.js';
export {
  type CheckpointFacts,
  type CheckpointOption,
  type CheckpointRgb,
  checkpointMetadata,
  readCheckpointMetadata,
  type SpectralFacts,
} from './checkpoint-metadata.js';
export { type PthWeights, type ReadPthOptions, readPth } from './pth.js';
export { readWeights, type WeightsFile } from './weights.js';
