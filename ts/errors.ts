/** Stable codes of our errors. The code is part of the API, the wording of a message is not. */
export type ErrorCode = string;

/** What every hyperlift function throws: a stable `code`, and a message that names the file, variable or option,
 * what was found and what was expected. */
export class HyperliftError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A message longer than this holds something of a damaged file. */
const longestMessage = 1000;

/** Names that come from files may hold anything, the commands of terminals among them. */
function printable(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const clean = message.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffd]+/g, '?');
  if (clean.length <= longestMessage) return clean;
  return `${clean.slice(0, longestMessage * 0.75)} ... ${clean.slice(-longestMessage * 0.2)}`;
}

/** A shape, dtype or device that an operation cannot take. Codes `TENSOR_*`. */
export class TensorError extends HyperliftError {}
/** A file or array that is missing, damaged or not what was asked for. Codes `DATA_*`. */
export class DataError extends HyperliftError {}
/** An unknown or ill-typed option of a run, command or network. Codes `CONFIG_*`. */
export class ConfigError extends HyperliftError {}
/** A network, its options or its weights. Codes `MODEL_*`, `CHECKPOINT_*`. */
export class ModelError extends HyperliftError {}
/** LibTorch or the addon is missing or of the wrong version. Codes `LIBTORCH_*`, `ADDON_*`. */
export class EnvironmentError extends HyperliftError {}
/** A run that could not go on (NaN in the loss, a full disk). Codes `RUN_*`. */
export class RunError extends HyperliftError {}

const families: readonly [prefix: string, type: typeof HyperliftError][] = [
  ['TENSOR_', TensorError],
  ['DATA_', DataError],
  ['CONFIG_', ConfigError],
  ['MODEL_', ModelError],
  ['CHECKPOINT_', ModelError],
  ['LIBTORCH_', EnvironmentError],
  ['ADDON_', EnvironmentError],
  ['RUN_', RunError],
];

/** The error of the class that belongs to `code`. */
export function errorFor(code: ErrorCode, message: string, cause?: unknown): HyperliftError {
  const family = families.find(([prefix]) => code.startsWith(prefix));
  const type = family === undefined ? HyperliftError : family[1];
  return new type(code, message, cause === undefined ? undefined : { cause });
}

/** Every code with its meaning; what a message adds is the file or option, what was found and what was expected. */
export const errorCodes: Readonly<Record<string, string>> = {
  ADDON_ARGUMENT: 'a native function was given a value of another type',
  ADDON_DAMAGED: 'the record beside the native addon cannot be read',
  ADDON_FAILURE: 'native code failed in a way it should not: please report it',
  ADDON_JAVASCRIPT: 'a JavaScript function that native code called threw',
  ADDON_LOAD: 'the native addon was found and does not load',
  ADDON_MISSING: 'there is no native addon for this platform',
  ADDON_PACKAGE: 'the package was taken apart: its package.json is not above its files',
  ADDON_STOPPED: 'the process or worker is ending, and nothing can be computed any more',
  ADDON_SYSTEM: 'the system libraries are too old for the addon, or of another kind (musl)',
  CHECKPOINT_AMBIGUOUS: 'a file holds weights of several networks',
  CHECKPOINT_DAMAGED: 'a weight file is no valid file of its format',
  CHECKPOINT_DTYPE: 'a weight has a dtype that is not read',
  CHECKPOINT_FOREIGN: 'a weight file is no checkpoint of hyperlift',
  CHECKPOINT_FORMAT: 'a file is none of the weight formats',
  CHECKPOINT_KEY: 'there are no weights under the key asked for',
  CHECKPOINT_KEYS: 'a weight file lacks expected names',
  CHECKPOINT_MISMATCH: 'weights belong to another network, or to other options of it',
  CHECKPOINT_NO_WEIGHTS: 'a file holds no weights',
  CHECKPOINT_SHAPE: 'a weight has another shape than the network',
  CHECKPOINT_STATE: 'the training state of a checkpoint does not fit',
  CHECKPOINT_TRUNCATED: 'a weight file ends before its data',
  CHECKPOINT_UNSAFE: 'a .pth file holds more than tensors and plain containers, and is not opened',
  CONFIG_CAMERA: 'a camera response or its settings are out of order',
  CONFIG_CONFLICT: 'two options exclude each other',
  CONFIG_FILE: 'a configuration file cannot be read',
  CONFIG_LOSS: 'a loss is unknown, or its settings do not fit',
  CONFIG_MEMORY: 'a memory size is not understood, or too small',
  CONFIG_MISSING: 'a required option is missing',
  CONFIG_OPTIMIZER: 'an option of the optimizer is out of range',
  CONFIG_OUT: 'two results would be written to one place',
  CONFIG_PATCH: 'a patch size is out of range',
  CONFIG_PRECISION: 'a precision is unknown',
  CONFIG_PROTOCOL: 'an evaluation protocol is unknown',
  CONFIG_RESUME: 'a run cannot be resumed from this folder, or with these changes',
  CONFIG_RUN_EXISTS: 'the folder already holds a run',
  CONFIG_SCHEDULE: 'an option of the learning-rate schedule is out of range',
  CONFIG_THREADS: 'a number of threads is less than 1',
  CONFIG_TILE: 'tiles and their overlap do not fit together',
  CONFIG_TRAINER: 'an option of the trainer is out of range',
  CONFIG_TYPE: 'an option has a value of another type',
  CONFIG_UNKNOWN: 'an option or command does not exist',
  CONFIG_VALUE: 'an option has a value that is not allowed',
  DATA_AXES: 'an order of axes is not understood',
  DATA_AXES_AMBIGUOUS: 'several orders of axes are possible',
  DATA_BANDS: 'numbers of bands do not agree',
  DATA_BAND_DUPLICATE: 'a band is there twice',
  DATA_BAND_MISSING: 'a band is missing',
  DATA_BLOCK: 'a block does not fit into the cube it is written to',
  DATA_CHANGED: 'the data is not that on which the run was started',
  DATA_CONFLICT: 'a file contradicts the data set it belongs to',
  DATA_DAMAGED: 'a file is cut off, or no valid file of its format',
  DATA_ELF: 'a file is no library of this kind of system',
  DATA_EMPTY: 'there are no values',
  DATA_EXISTS: 'the place to write to is taken',
  DATA_FORMAT: 'a file is none of the formats that can be read',
  DATA_ILLUMINANT: 'a table of an illuminant is malformed, or gives no light',
  DATA_INCOMPLETE: 'not all values of a cube were written',
  DATA_KERNEL: 'a blur kernel in a file is malformed',
  DATA_LEAK: 'data to train on and to test on overlap',
  DATA_MISSING: 'a file or folder does not exist',
  DATA_NOT_FINITE: 'data holds NaN or infinity',
  DATA_PAIR_AMBIGUOUS: 'several pictures can belong to a scene',
  DATA_PAIR_MISSING: 'a scene has no picture beside it',
  DATA_PATCH: 'a patch does not lie in its scene',
  DATA_PATCH_TOO_LARGE: 'a patch is larger than the scenes',
  DATA_PLAN: 'a batch plan is malformed, or names a scene that is not there',
  DATA_PLAN_EMPTY: 'there is nothing to take patches from',
  DATA_RANGE: 'a value cannot be held exactly',
  DATA_RANK: 'an array has another number of axes than a cube',
  DATA_RESPONSE: 'a camera response table is malformed or unknown',
  DATA_SCENE: 'a scene given to the scene store does not fit',
  DATA_SCENE_DUPLICATE: 'two scenes have one name',
  DATA_SCENE_KIND: 'a scene lacks what the task needs: a cube, or a picture',
  DATA_SCENE_MISSING: 'there are no scenes, or a named one is missing',
  DATA_SIZE_MISMATCH: 'sizes of bands or pictures do not agree',
  DATA_TOO_LARGE: 'a cube is too large for its format',
  DATA_TRUNCATED: 'a file ends before its data',
  DATA_TYPE: 'an array is not of real numbers, or of a type that is not taken',
  DATA_UNREADABLE: 'a file or folder is there and cannot be read',
  DATA_UNSUPPORTED: 'a file uses a feature of its format that is not read',
  DATA_VARIABLE_AMBIGUOUS: 'a file holds several cubes',
  DATA_VARIABLE_MISSING: 'a file does not hold the variable, or no cube at all',
  DATA_VARIABLE_NAME: 'a name cannot be that of a variable',
  DATA_WAVELENGTHS: 'wavelengths are missing, malformed or do not fit the bands',
  DATA_WAVELENGTH_RANGE: 'the bands do not cover what is asked of them',
  DATA_WINDOW: 'a part of a cube reaches beyond it',
  DATA_WRITE: 'a file or folder cannot be written',
  DATA_ZIP: 'a zip file is damaged',
  LIBTORCH_CHOICE_DAMAGED: 'the record of the chosen LibTorch cannot be read',
  LIBTORCH_FETCH: 'LibTorch could not be fetched',
  LIBTORCH_FILE: 'a file is no LibTorch',
  LIBTORCH_LOAD: 'LibTorch was found and does not load',
  LIBTORCH_MISSING: 'LibTorch was not found',
  LIBTORCH_VERSION: 'LibTorch is of another version than the addon needs',
  MODEL_DISPOSED: 'the network was disposed',
  MODEL_DUPLICATE: 'two networks register one id',
  MODEL_NOT_FITTED: 'a closed-form fit is asked of a network that has none',
  MODEL_OPTION: 'an option of a network is unknown, or of another type',
  MODEL_PRESET: 'a network has no such preset',
  MODEL_TASK: 'a network of the other task: from RGB to many bands, or from low to high resolution',
  MODEL_UNKNOWN: 'no network has this id',
  RUN_ABORTED: "an AbortSignal ended it; the cause is the signal's reason",
  RUN_BUSY: 'it is running already',
  RUN_DISK_FULL: 'the disk is full',
  RUN_DISPOSED: 'the trainer was disposed',
  RUN_LOSS_NOT_FINITE: 'the loss became NaN or infinite',
  RUN_OUT_OF_MEMORY: 'memory ran out, on the host or on the device',
  TENSOR_DEVICE: 'a device is not there, or tensors lie on different ones',
  TENSOR_DISPOSED: 'a tensor was disposed',
  TENSOR_DTYPE: 'a dtype is unknown, or not taken by the operation',
  TENSOR_EXPECTED: 'something else than a tensor of this thread was given',
  TENSOR_GRAD: 'a gradient is asked for where there is none, or too late, or too early',
  TENSOR_INDEX: 'an index or dimension is not there',
  TENSOR_OPERATION: 'LibTorch refused an operation for a reason of its own',
  TENSOR_OPERATION_UNKNOWN: 'no operation has this name',
  TENSOR_PARAMETER: 'a parameter of an operation is missing, or out of range',
  TENSOR_SHAPE: 'shapes do not fit each other or the operation',
};
