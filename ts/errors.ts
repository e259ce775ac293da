/** Stable codes of our errors. The code is part of the API, the wording of a message is not. */
export type ErrorCode = string;

/** What every hyperlift function throws: a stable `code`, and a message that names the file, variable or option,
 * what was found and what was expected. */
export class HyperliftError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
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
