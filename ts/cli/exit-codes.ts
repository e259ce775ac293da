import { HyperliftError } from '../errors.js';

/** Exit statuses of every command. */
export const exitCodes = {
  ok: 0,
  /** The command could not do its work: bad data, a full disk, NaN in the loss. */
  failed: 1,
  /** The command line or configuration is wrong; nothing was read or written. */
  usage: 2,
  /** LibTorch or the addon is missing or does not fit this machine. */
  environment: 3,
  /** Stopped by Ctrl-C or SIGTERM; a training run has written a checkpoint before. */
  aborted: 130,
} as const;

const byPrefix: readonly [prefix: string, status: number][] = [
  ['CONFIG_', exitCodes.usage],
  ['MODEL_UNKNOWN', exitCodes.usage],
  ['MODEL_OPTION', exitCodes.usage],
  ['MODEL_PRESET', exitCodes.usage],
  ['TENSOR_DEVICE', exitCodes.usage],
  ['LIBTORCH_', exitCodes.environment],
  ['ADDON_', exitCodes.environment],
  ['RUN_ABORTED', exitCodes.aborted],
];

/** The exit status that belongs to an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Error && error.name === 'AbortError') return exitCodes.aborted;
  if (!(error instanceof HyperliftError)) return exitCodes.failed;
  return byPrefix.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? exitCodes.failed;
}
