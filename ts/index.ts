/** The public names of hyperlift. LibTorch is loaded by the first call that computes, not by the import.
 * @packageDocumentation */
export {
  type AxisOrder,
  type CubeBlock,
  type CubeData,
  type CubeDType,
  type CubeFormat,
  type CubeInfo,
  type CubePlan,
  type CubeReader,
  type CubeValues,
  type CubeWindow,
  type CubeWriter,
  createCube,
  cubeInfo,
  Dataset,
  type DatasetOptions,
  type FingerprintMode,
  formats,
  type Georeference,
  type MatCubePlan,
  MatCubeWriter,
  type Origin,
  type PourOptions,
  pourCube,
  openCube,
  openDataset,
  type ReadCubeOptions,
  type ReadRgbOptions,
  type RgbData,
  type RgbKind,
  readCube,
  readRgb,
  Scene,
  type SceneInfo,
  type SceneKind,
  type SceneReadOptions,
  splitUnssrCave,
  unssrTestScenes,
  type WriteCubeOptions,
  writeCube,
} from './data/index.js';
export {
  type CompareEvent,
  type CompareFailure,
  type CompareOptions,
  type CompareResult,
  type CompareRow,
  compare,
} from './compare/index.js';
export type { CameraGiven } from './config/camera-options.js';
export {
  type BlurKernel,
  blurOf,
  type Camera,
  type CameraPicture,
  type CameraResponse,
  type CameraSettings,
  type CubeRows,
  cameraResponse,
  cropToMultiple,
  type DegradeOptions,
  degrade,
  type GaussianKernelOptions,
  gaussianKernel,
  type Illuminant,
  illuminant,
  type LightOptions,
  lightResponse,
  linearPicture,
  linearResponse,
  linearSrgbToCamera,
  litResponse,
  type Matrix3,
  type PictureOptions,
  projectToRgb,
  readCamera,
  readKernelCsv,
  type ResponseTable,
  resampleResponse,
  responseFor,
  responseNames,
  responseTables,
  rowsOfCube,
  type SeenCube,
  takePicture,
} from './degrade/index.js';
export * from './errors.js';
export { type EvaluateEvent, type EvaluateOptions, type EvaluateResult, evaluate } from './evaluate/index.js';
export { type ConvertOptions, type ConvertReport, convertWeights } from './io/convert-weights.js';
export { readWeights, type TensorEntries, type TensorEntry, type WeightsFile } from './io/index.js';
export {
  type CreateModelOptions,
  createModel,
  type ForwardOptions,
  listModels,
  Model,
  type ModelFacts,
  modelFacts,
  type WeightsReport,
} from './models/index.js';
export {
  type ConvertCubeOptions,
  type ConvertCubeResult,
  type ConvertEvent,
  convertCube,
} from './convert/index.js';
export { type PrepareEvent, type PrepareOptions, type PrepareResult, prepare } from './prepare/index.js';
export {
  type ReconstructEvent,
  type ReconstructOptions,
  type ReconstructResult,
  reconstruct,
} from './reconstruct/index.js';
export { type FineSrOptions, type FineSrResult, fineSr, type RefineResult, refine } from './refine/index.js';
export {
  type SimulateEvent,
  type SimulateOptions,
  type SimulateResult,
  simulate,
} from './simulate/index.js';
export {
  compareUpscaling,
  type TableEvent,
  type UpscalingTableOptions,
  type UpscalingTableResult,
} from './table/index.js';
export * from './tensor/index.js';
export {
  type CheckpointEvent,
  chooseBands,
  type DoneEvent,
  type LossFunction,
  type LossValue,
  type MeasureEvent,
  type NoticeEvent,
  type StartEvent,
  type StepEvent,
  type SupervisedTerm,
  supervisedLoss,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  train,
  type UnssrLossOptions,
  unssrLoss,
  type ValidationEvent,
} from './train/index.js';
export {
  type UpscaledCube,
  type UpscaleEvent,
  type UpscaleOptions,
  type UpscaleResult,
  upscale,
} from './upscale/index.js';
export { packageVersion } from './version.js';
