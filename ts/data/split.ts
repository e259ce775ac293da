import { ConfigError, DataError } from '../errors.js';
import type { PatchArea } from './patch-plan.js';
import { Random } from './random.js';

const splitStream = 4;

/** Scenes to train on and scenes held back, both in their original order. */
export interface Split<T> {
  train: T[];
  validation: T[];
}

/** Draws the scenes to hold back: a share of them (below 1) or a number of them. At least one of several scenes is held
 * back unless 0 is asked for, and at least one is left to train on. The draw depends on the seed and on how many scenes
 * there are, not on their names.
 * @throws {ConfigError} `CONFIG_VALUE`. */
export function splitScenes<T>(
  scenes: readonly T[],
  { validation, seed }: { validation: number; seed: number },
): Split<T> {
  if (!(validation >= 0) || (validation >= 1 && !Number.isInteger(validation))) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `'validation' is ${validation}; a share below 1 or a number of scenes was expected`,
    );
  }
  const wanted = validation < 1 ? Math.max(1, Math.round(validation * scenes.length)) : validation;
  const count = validation === 0 ? 0 : Math.min(wanted, Math.max(0, scenes.length - 1));
  const held = new Set(new Random(seed, splitStream).permutation(scenes.length).subarray(0, count));
  return {
    train: scenes.filter((_, index) => !held.has(index)),
    validation: scenes.filter((_, index) => held.has(index)),
  };
}

/** For data of one scene: cuts off a strip at its lower or right end (across its longer side) to validate on, at least a
 * patch wide, so that no patch sees both sides.
 * @throws {DataError} `DATA_PATCH_TOO_LARGE` when the scene cannot hold a patch on either side. */
export function splitArea(
  area: PatchArea,
  { share, patch }: { share: number; patch: number },
): Split<PatchArea> {
  const { height, width, row = 0, column = 0 } = area;
  const tall = height >= width;
  const length = tall ? height : width;
  const held = Math.max(patch, Math.round(length * share));
  const left = length - held;
  if (left < patch || Math.min(height, width) < patch) {
    throw new DataError(
      'DATA_PATCH_TOO_LARGE',
      `${area.name ?? 'the scene'}: ${height}x${width} pixels cannot hold a patch of ${patch}x${patch} to train on and one to validate on`,
    );
  }
  const train = tall ? { ...area, height: left } : { ...area, width: left };
  const validation = tall
    ? { ...area, height: held, row: row + left }
    : { ...area, width: held, column: column + left };
  return { train: [train], validation: [validation] };
}
