import { ConfigError, DataError } from '../errors.js';
import { type NativeTensor, native } from '../native/index.js';
import { ergasPublished } from './ergas.js';
import { fieldScores, type Scores } from './field-scores.js';
import { flooredValues, mraeFloor } from './mrae.js';
import { samBetweenBandImages } from './sam.js';
import { type CubeSums, cubeSums, requireSameShape, type SumOptions } from './sums.js';
import { superResolutionProtocols } from './super-resolution.js';

export type { Scores } from './field-scores.js';

/** The scores of a scene. */
export interface SceneScores extends Scores {
  name: string;
  /** True values below the floor of `mrae`, of all values of the cube. */
  floored: number;
}

/** The names of the scores, in the order of tables. */
export const scoreNames = ['psnr', 'psnrBand', 'rmse', 'mrae', 'ssim', 'sam', 'ergas'] as const;

/** A set of definitions: `field`, those the field has settled on; `unssr-cave`, those of the UnSSR test on CAVE
 * (test_model1_cave.py); or those of a super-resolution paper, by the name of its network. All but `field` are kept for comparison with
 * the numbers of their papers. */
export type ProtocolName = 'field' | 'unssr-cave' | keyof typeof superResolutionProtocols;

/** What a protocol consists of. */
export interface Protocol {
  /** The task whose papers score so; absent: any. */
  task?: 'spectral' | 'spatial';
  /** One line for tables. */
  about: string;
  /** Bands and pixels at each border that do not count. */
  margin?: { bands: number; pixels: number };
  sums: SumOptions;
  score(sums: CubeSums): Scores;
}

/** Every protocol by its name. */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  field: {
    about:
      'MRAE with divisors of at least 0.001; SSIM with range 1; SAM per pixel, degrees; ERGAS with scale 1',
    sums: { clip: true, mraeFloor, ssimRanges: [1] },
    score: fieldScores,
  },
  'unssr-cave': {
    task: 'spectral',
    about:
      'MRAE without a floor; SSIM with range 2; SAM between band images, degrees; ERGAS over bands + 1, scale 32',
    sums: { clip: true, mraeFloor: 0, ssimRanges: [2] },
    score: (sums) => ({ ...fieldScores(sums), sam: samBetweenBandImages(sums), ergas: ergasPublished(sums) }),
  },
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

/** Scores a reconstruction against its true cube, both `[bands, height, width]`, floating, scaled to [0, 1].
 * @example const scores = await scoreCube(reconstruction, truth, { name: 'balloons' });
 * @throws {DataError} `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`. */
export async function scoreCube(
  reconstruction: NativeTensor,
  truth: NativeTensor,
  { protocol = 'field', name = 'the cube' }: { protocol?: ProtocolName; name?: string } = {},
): Promise<SceneScores> {
  const { sums: options, margin, score } = protocols[protocol];
  requireSameShape(reconstruction, truth, name);
  const inner = margin === undefined ? [] : [reconstruction, truth].map((cube) => within(cube, margin, name));
  const [e = reconstruction, t = truth] = inner;
  try {
    const sums = await cubeSums(e, t, options, name);
    return { name, ...score(sums), floored: flooredValues(sums) };
  } finally {
    for (const view of inner) view.dispose();
  }
}

/** A view of a cube without its borders. */
function within(cube: NativeTensor, { bands, pixels }: { bands: number; pixels: number }, name: string) {
  const margins = [bands, pixels, pixels];
  if (cube.shape.some((size, dim) => size <= 2 * (margins[dim] ?? 0))) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${name}: the cube is ${cube.shape.join(' x ')} (bands x height x width); nothing is left of it without ${bands} bands and ${pixels} pixels at each border`,
    );
  }
  return margins.reduce<NativeTensor>((inside, margin, dim) => {
    const range = { dim, start: margin, end: (cube.shape[dim] ?? 0) - margin, step: 1 };
    const [view = inside] = native().view('slice', [inside], range, false);
    if (inside !== cube) inside.dispose();
    return view;
  }, cube);
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
