import { ConfigError, DataError } from '../errors.js';
import type { NativeTensor } from '../native/index.js';
import { challengeProtocols } from './challenges.js';
import { fieldProtocols } from './field.js';
import { flooredValues } from './mrae.js';
import {
  type BandScores,
  bandScoresUnder,
  type Protocol,
  scoresUnder,
  sumOptionsOf,
} from './protocol-definition.js';
import type { Scores } from './scores.js';
import { type CubeSums, cubeSums, requireSameShape } from './sums.js';
import { superResolutionProtocols } from './super-resolution.js';
import { windowOf } from './window.js';

export type { BandScores, Protocol } from './protocol-definition.js';
export type { Scores } from './scores.js';

/** The scores of a scene. */
export interface SceneScores extends Scores {
  name: string;
  /** True values below the floor of `mrae`, of all values of the cube. */
  floored: number;
  /** Values that are NaN or infinite; above 0 only where they were left out by option. */
  notFinite: { truth: number; result: number };
  /** Pixels left out for that, or because the true cube says that it has no value there. */
  leftOut: number;
  /** Scores of each band. */
  bands: BandScores;
}

/** What becomes of NaN and infinity: the scene is refused, or the pixels that hold them are left out, and counted. */
export type NotFiniteChoice = 'refuse' | 'skip';

/** The names of the scores, in the order of tables. */
export const scoreNames = ['psnr', 'psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas'] as const;

/** Definitions that belong together: `field`, those the field has settled on; `unssr-cave`, those of the UnSSR test on CAVE
 * (test_model1_cave.py); those of a challenge; or those of a super-resolution paper, by the name of its network. All but `field` are kept
 * for comparison with published numbers. */
export type ProtocolName =
  | keyof typeof fieldProtocols
  | keyof typeof challengeProtocols
  | keyof typeof superResolutionProtocols;

/** Every protocol by its name. */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  ...fieldProtocols,
  ...challengeProtocols,
  ...superResolutionProtocols,
};

/** The names of the protocols of a task, `field` first. */
export function protocolNames(task: 'spectral' | 'spatial'): ProtocolName[] {
  const names = Object.keys(protocols) as ProtocolName[];
  return names.filter((name) => (protocols[name].task ?? task) === task);
}

/** The protocol of a name.
 * @param task lets only the protocols of this task pass; left out, all do.
 * @throws {ConfigError} `CONFIG_PROTOCOL`. */
export function protocolNamed(name: string, task?: 'spectral' | 'spatial'): ProtocolName {
  const names: string[] = task === undefined ? Object.keys(protocols) : protocolNames(task);
  if (names.includes(name)) return name as ProtocolName;
  const among =
    task === undefined ? '' : ` for ${task === 'spatial' ? 'super-resolution' : 'spectral reconstruction'}`;
  throw new ConfigError(
    'CONFIG_PROTOCOL',
    `there is no protocol '${name}'${among}: expected ${names.join(' or ')}`,
  );
}

/** How a cube is scored. */
export interface ScoreOptions {
  /** Default `field`. */
  protocol?: ProtocolName;
  /** Of the scene, for messages. */
  name?: string;
  /** Default `refuse`. */
  notFinite?: NotFiniteChoice;
  /** A true value that says that there is none (a data ignore value), scaled as the cube is; its pixels do not count. */
  ignored?: number;
}

/** Scores a reconstruction against its true cube, both `[bands, height, width]`, floating, scaled to [0, 1].
 * @example const scores = await scoreCube(reconstruction, truth, { name: 'balloons' });
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`. */
export async function scoreCube(
  reconstruction: NativeTensor,
  truth: NativeTensor,
  { protocol = 'field', name = 'the cube', notFinite = 'refuse', ignored }: ScoreOptions = {},
): Promise<SceneScores> {
  const definition = protocols[protocol];
  requireSameShape(reconstruction, truth, name);
  const ranges = rangesOf(truth.shape, definition, name);
  const inner = [reconstruction, truth].map((cube) => windowOf(cube, ranges));
  const [e = reconstruction, t = truth] = inner;
  const options = {
    ...sumOptionsOf(definition),
    skip: notFinite === 'skip',
    ...(ignored === undefined ? {} : { ignored }),
  };
  try {
    const origin = [ranges[0][0], ranges[1][0], ranges[2][0]] as const;
    const sums = await cubeSums(e, t, options, name, origin);
    const [, height = 0, width = 0] = t.shape;
    return sceneScores(name, definition, sums, height * width);
  } finally {
    for (const view of inner) view.dispose();
  }
}

/** The scores of a scene from its sums.
 * @param pixels of the scene without the protocol's margin.
 * @throws {DataError} `DATA_NOT_FINITE` when no pixel could be scored. */
export function sceneScores(name: string, definition: Protocol, sums: CubeSums, pixels: number): SceneScores {
  const { truth, result } = sums.notFinite;
  if (sums.pixels === 0) {
    throw new DataError(
      'DATA_NOT_FINITE',
      `${name}: none of its ${pixels} pixels can be scored: ${truth} true values and ${result} of the reconstruction are NaN or infinite, ${sums.notFinite.ignored} true values say that there is none`,
    );
  }
  return {
    name,
    ...scoresUnder(definition, sums),
    floored: flooredValues(sums),
    notFinite: { truth, result },
    leftOut: pixels - sums.pixels,
    bands: bandScoresUnder(definition, sums),
  };
}

/** The part of a cube of this shape that counts under a protocol.
 * @throws {DataError} `DATA_SIZE_MISMATCH` when nothing of it does. */
export function rangesOf(
  shape: readonly number[],
  { margin = { bands: 0, pixels: 0 } }: Protocol,
  name: string,
) {
  const { bands, pixels } = margin;
  const sides = [bands, pixels, pixels] as const;
  if (shape.some((size, axis) => size <= 2 * (sides[axis] ?? 0))) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${name}: the cube is ${shape.join(' x ')} (bands x height x width); nothing is left of it without ${bands} bands and ${pixels} pixels at each border`,
    );
  }
  const range = (axis: 0 | 1 | 2) => [sides[axis], (shape[axis] ?? 0) - sides[axis]] as const;
  return [range(0), range(1), range(2)] as const;
}

/** The plain mean of each score over the scenes. */
export function meanScores(scenes: readonly Scores[]): Scores {
  const mean = (name: (typeof scoreNames)[number]): number =>
    scenes.reduce((sum, scene) => sum + scene[name], 0) / scenes.length;
  return Object.fromEntries(scoreNames.map((name) => [name, mean(name)])) as Record<
    (typeof scoreNames)[number],
    number
  >;
}
