/** Networks: the registry as types, options by name, weights by the authors' keys. No file here names a network. */
export { countOperations, operationsSide, operationsSpatialSide } from './operations.js';
export { listModels, type ModelFacts, modelFacts } from './facts.js';
export { type CreateModelOptions, createModel, type ForwardOptions, Model } from './model.js';
export { checkOptions, optionsFromAuthors, sizeOptions } from './options.js';
export { compareWeights, plainKeys, requireMatch, underAllNames, type WeightsReport } from './weights.js';
