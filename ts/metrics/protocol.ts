import { ConfigError } from '../errors.js';
import type { NativeTensor } from '../native/types.js';
import { ergas, ergasPublished } from './ergas.js';
import { flooredValues, mrae, mraeFloor } from './mrae.js';
import { psnr, psnrBand } from './psnr.js';
import { rmse } from './rmse.js';
import { sam, samBetweenBandImages } from './sam.js';
import { ssim } from './ssim.js';
import { type CubeSums, cubeSums, type SumOptions } from './sums.js';

/** The scores of one cube. */
export interface Scores {
  psnr: number;
  psnrBand: number;
  rmse: number;
  mrae: number;
  ssim: number;
  sam: number;
  ergas: number;
}

/** The scores of a scene. */
export interface SceneScores extends Scores {
  name: string;
  /** True values below the floor of `mrae`, of all values of the cube. */
  floored: number;
}

/** The names of the scores, in the order of tables. */
export const scoreNames = ['psnr', 'psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas'] as const;

/** A set of definitions: `field`, those the field has settled on, or `unssr-cave`, those of the UnSSR test on CAVE
 * (test_model1_cave.py), kept for comparison with that paper's numbers. */
export type ProtocolName = 'field' | 'unssr-cave';

interface Protocol {
  /** One line for tables. */
  about: string;
  sums: SumOptions;
  score(sums: CubeSums): Scores;
}

const shared = (sums: CubeSums) => ({
  psnr: psnr(sums),
  psnrBand: psnrBand(sums),
  rmse: rmse(sums),
  mrae: mrae(sums),
  ssim: ssim(sums),
});

/** Both protocols clip the reconstruction to [0, 1] first. */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  field: {
    about:
      'MRAE with divisors of at least 0.001; SSIM with range 1; SAM per pixel, degrees; ERGAS with scale 1',
    sums: { clip: true, mraeFloor, ssimRanges: [1] },
    score: (sums) => ({ ...shared(sums), sam: sam(sums), ergas: ergas(sums) }),
  },
  'unssr-cave': {
    about:
      'MRAE without a floor; SSIM with range 2; SAM between band images, degrees; ERGAS over bands + 1, scale 32',
    sums: { clip: true, mraeFloor: 0, ssimRanges: [2] },
    score: (sums) => ({ ...shared(sums), sam: samBetweenBandImages(sums), ergas: ergasPublished(sums) }),
  },
};

/** The protocol of a name.
 * @throws {ConfigError} `CONFIG_PROTOCOL`. */
export function protocolNamed(name: string): ProtocolName {
  if (Object.hasOwn(protocols, name)) return name as ProtocolName;
  throw new ConfigError(
    'CONFIG_PROTOCOL',
    `there is no protocol '${name}': expected ${Object.keys(protocols).join(' or ')}`,
  );
}

/** Scores a reconstruction against its true cube, both `[bands, height, width]`, floating, scaled to [0, 1].
 * @example const scores = await scoreCube(reconstruction, truth, { name: 'balloons' });
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`. */
export async function scoreCube(
  reconstruction: NativeTensor,
  truth: NativeTensor,
  { protocol = 'field', name = 'the cube' }: { protocol?: ProtocolName; name?: string } = {},
): Promise<SceneScores> {
  const { sums: options, score } = protocols[protocol];
  const sums = await cubeSums(reconstruction, truth, options, name);
  return { name, ...score(sums), floored: flooredValues(sums) };
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
