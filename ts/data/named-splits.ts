import { createHash } from 'node:crypto';
import { ConfigError, DataError } from '../errors.js';
import { caveSceneName, unssrTestScenes } from './datasets/cave.js';
import type { PatchArea } from './patch-plan.js';
import { type Split, splitArea } from './split.js';

/** A split of scenes that has a name: which scenes are held back. */
export interface NamedSplit {
  name: string;
  title: string;
  /** Whose it is. */
  source: string;
  /** Ids of the data sets that it is for. */
  sets: readonly string[];
  /** Whether the scene of this name is held back. Absent for splits of one scene by area. */
  holdsBack?: (scene: string) => boolean;
  /** The areas of one scene, for data of one scene. */
  areas?: (area: PatchArea, how: { share: number; patch: number }) => Split<PatchArea>;
}

/** The lowest fifth of the hashes of all names: about 20 % of any set, the same for everyone, whatever else is there. */
function inLowestFifth(scene: string): boolean {
  const hash = createHash('sha256').update(caveSceneName(scene).toLowerCase()).digest();
  return hash.readUInt32BE(0) < 0x1_0000_0000 / 5;
}

function numbered(pattern: RegExp, first: number, last: number): (scene: string) => boolean {
  return (scene) => {
    const number = Number(pattern.exec(scene)?.[1] ?? Number.NaN);
    return number >= first && number <= last;
  };
}

/** The rows and columns of Chikusei that SSPSR uses (generate_Chikusei.m, counted from 0), and the rows at their top that it
 * tests on, in four squares. */
const chikusei = { row: 106, column: 143, height: 2304, width: 2048, testRows: 512 } as const;

function sspsrChikusei(area: PatchArea): Split<PatchArea> {
  const { row, column, height, width, testRows } = chikusei;
  if (area.height !== 2517 || area.width !== 2335) {
    throw new DataError(
      'DATA_SIZE_MISMATCH',
      `${area.name ?? 'the scene'}: ${area.height}x${area.width} pixels; the split sspsr-chikusei is that of the whole Chikusei, 2517x2335`,
    );
  }
  const squares = [0, 1, 2, 3].map((square) => ({
    ...area,
    row,
    column: column + square * testRows,
    height: testRows,
    width: testRows,
  }));
  return {
    train: [{ ...area, row: row + testRows, column, height: height - testRows, width }],
    validation: squares,
  };
}

/** Every split that has a name. Where a paper does not publish its scenes, the split is of hyperlift's making and says so. */
export const namedSplits: readonly NamedSplit[] = [
  {
    name: 'unssr-cave',
    title: 'the 12 test scenes of UnSSR; the other 20 train',
    source: 'UnSSR (results_cave.txt)',
    sets: ['cave'],
    holdsBack: (scene) => unssrTestScenes.includes(caveSceneName(scene)),
  },
  {
    name: 'dualsr-cave',
    title: 'about 20 % of the scenes, fixed by their names',
    source: 'hyperlift: the share is that of DualSR, which publishes no list',
    sets: ['cave'],
    holdsBack: inLowestFifth,
  },
  {
    name: 'dualsr-harvard',
    title: 'about 20 % of the scenes, fixed by their names',
    source: 'hyperlift: the share is that of DualSR, which publishes no list',
    sets: ['harvard'],
    holdsBack: inLowestFifth,
  },
  {
    name: 'ntire2020',
    title: 'the validation scenes of the challenge, ARAD_HS_0451 to 0465',
    source: 'NTIRE 2020',
    sets: ['ntire2020'],
    holdsBack: numbered(/^ARAD_HS_(\d{4})/i, 451, 465),
  },
  {
    name: 'ntire2022',
    title: 'the validation scenes of the challenge, ARAD_1K_0901 to 0950',
    source: 'NTIRE 2022 (valid_list.txt)',
    sets: ['arad1k'],
    holdsBack: numbered(/^ARAD_1K_(\d{4})/i, 901, 950),
  },
  {
    name: 'sspsr-chikusei',
    title: 'four squares of 512 x 512 at the top of the middle 2304 x 2048 pixels; the rest of these trains',
    source: 'SSPSR (generate_Chikusei.m)',
    sets: ['chikusei'],
    areas: sspsrChikusei,
  },
  {
    name: 'strip',
    title: 'the last fifth of one scene, across its longer side, at least a patch wide',
    source: 'hyperlift',
    sets: [
      'pavia-centre',
      'pavia-university',
      'chikusei',
      'houston2013',
      'houston2018',
      'washington-dc',
      'salinas',
      'indian-pines',
    ],
    areas: (area, { patch }) => splitArea(area, { share: 0.2, patch }),
  },
];

/** The split of a name; undefined where the word is none of them, and so a file. */
export function namedSplit(name: string): NamedSplit | undefined {
  return namedSplits.find((split) => split.name === name);
}

/** Refuses areas of which two on opposite sides share a pixel: a patch would be seen in training and in testing.
 * @throws {DataError} `DATA_LEAK`. */
export function requireApart({ train, validation }: Split<PatchArea>): void {
  const ends = ({ row = 0, column = 0, height, width }: PatchArea) =>
    [row, row + height, column, column + width] as const;
  for (const seen of train) {
    for (const held of validation) {
      const [top, bottom, left, right] = ends(seen);
      const [above, below, before, after] = ends(held);
      const apart = bottom <= above || below <= top || right <= before || after <= left;
      if (apart || seen.scene !== held.scene) continue;
      throw new DataError(
        'DATA_LEAK',
        `${seen.name ?? 'the scene'}: the area to train on (rows ${top} to ${bottom - 1}, columns ${left} to ${right - 1}) and the one ` +
          `held back (rows ${above} to ${below - 1}, columns ${before} to ${after - 1}) share pixels`,
      );
    }
  }
}

/** Parts one scene by area, as a named split does, and makes sure that the parts share no pixel.
 * @throws {ConfigError} `CONFIG_VALUE` for data of several scenes. @throws {DataError} `DATA_SIZE_MISMATCH`,
 * `DATA_PATCH_TOO_LARGE`, `DATA_LEAK`. */
export function splitByArea(
  areas: readonly PatchArea[],
  { name, areas: parts }: NamedSplit,
  how: { share: number; patch: number },
): Split<PatchArea> {
  const [only] = areas;
  if (parts === undefined || only === undefined || areas.length > 1) {
    throw new ConfigError(
      'CONFIG_VALUE',
      `'${name}' parts one scene by area; the data has ${areas.length} scenes: name a list of scenes, or one scene`,
    );
  }
  const split = parts(only, how);
  requireApart(split);
  return split;
}
