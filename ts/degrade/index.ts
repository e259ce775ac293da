export {
  type BlurKernel,
  type GaussianKernelOptions,
  gaussianKernel,
  readKernelCsv,
} from './blur-kernel.js';
export { blurOf, isKernelFile } from './blur-words.js';
export { type Camera, type CameraSettings, isCameraFile, readCamera } from './camera-config.js';
export {
  linearResponse,
  litResponse,
  type SeenCube,
  samplerSteps,
} from './camera-linear.js';
export {
  type CameraRecord,
  cameraFromRecord,
  cameraRecord,
  type RecordedRgb,
  recordedResponse,
  seenResponse,
} from './camera-record.js';
export { type CameraPicture, linearPicture, type PictureOptions, takePicture } from './camera-picture.js';
export { type CubeRows, rowsOfCube } from './cube-rows.js';
export { encodePicture, type PictureFormat } from './encode-picture.js';
export { type CameraSteps, projectToRgb, simulateRgb } from './camera.js';
export { presetCameras } from './camera-presets.js';
export {
  type Illuminant,
  illuminant,
  illuminantWords,
  type LightOptions,
  lightResponse,
} from './illuminant.js';
export { blackBody, daylight, type IlluminantName, illuminants } from './illuminants.js';
export { linearSrgbToCamera, toCameraSpace } from './input-space.js';
export type { Matrix3 } from './matrix3.js';
export {
  bandWidths,
  type CameraResponse,
  cameraResponse,
  type ResponseRecord,
  resampleResponse,
  responseFor,
  responseFromRecord,
  responseNames,
  responseRecord,
} from './response.js';
export { type ResponseTable, responseTables } from './response-tables.js';
export { readResponseCsv } from './response-csv.js';
export { blurRecord, samplerBlur } from './sampler-blur.js';
export { linearSrgbWeights, linearToSrgb, srgbToLinear } from './srgb.js';
export { cropToMultiple, type DegradeOptions, degrade } from './spatial.js';
export { mirrorBands } from './mirror-bands.js';
export {
  caveVariants,
  harvardVariants,
  type PatchPair,
  type PatchVariant,
  patchPairs,
  sceneFactors,
  turnPatch,
} from './patch-variants.js';
