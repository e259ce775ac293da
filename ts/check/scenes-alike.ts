import { nextTurn } from '../data/index.js';
import { type Finding, finding } from './finding.js';
import { correlate, gridBlocks, gridSide, highPass } from './grid.js';
import { sharePixels } from './pixel-marks.js';
import type { CubeSample } from './sample.js';

/** What is kept of a scene, to be held against all others. */
export interface ScenePrint {
  name: string;
  file: string;
  /** The folder that was named, with its part: scenes of different groups are to be kept apart. */
  group: string;
  /** Pattern of the cube, without mean and of length 1; null where it is constant. */
  print: Float32Array | null;
  /** Marks of its pixels. */
  marks: readonly number[];
  /** Patterns of light of cube and picture. */
  cube: Float32Array;
  picture: { file: string; pattern: Float32Array } | null;
}

const coarse = 3;
const side = gridSide / coarse;
const spectralGroups = 8;
/** Correlation of two prints that are of one scene: also one at half the size, or rounded to another type. */
const sameAbove = 0.9995;

/** A cube in 16 x 16 blocks and 8 groups of bands, without its coarse light: the same for the same content at another
 * scale, in another type or container, or at half the size. */
export function scenePrint({ grid, info }: CubeSample): Float32Array | null {
  const print = new Float32Array(side * side * spectralGroups);
  for (let band = 0; band < info.bands; band++) {
    const group = Math.floor((band * spectralGroups) / info.bands);
    for (let block = 0; block < gridBlocks; block++) {
      const [row, column] = [Math.floor(block / gridSide / coarse), Math.floor((block % gridSide) / coarse)];
      const at = (group * side + row) * side + column;
      print[at] = (print[at] ?? 0) + (grid[band * gridBlocks + block] ?? 0);
    }
  }
  const planes = Array.from({ length: spectralGroups }, (_, group) =>
    highPass(print.subarray(group * side * side, (group + 1) * side * side), side, side, 3),
  );
  planes.forEach((plane, group) => {
    print.set(plane, group * side * side);
  });
  const length = Math.sqrt(print.reduce((sum, value) => sum + value * value, 0));
  return length > 1e-6 * info.fullScale ? print.map((value) => value / length) : null;
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** How two scenes are one: the whole of it, or pixels of it (one is a crop of the other); null where they are not. */
function sameness(
  a: ScenePrint,
  b: ScenePrint,
): 'shows the same scene as' | 'has pixels in common with' | null {
  if (a.print !== null && b.print !== null && product(a.print, b.print) > sameAbove)
    return 'shows the same scene as';
  return sharePixels(a.marks, b.marks) ? 'has pixels in common with' : null;
}

/** Scenes that hold the same content: an error across groups, where one would be trained on and tested on the other. */
export async function repeatedFindings(scenes: readonly ScenePrint[]): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [place, scene] of scenes.entries()) {
    if (place % 16 === 15) await nextTurn();
    // One in another folder matters more than one in its own.
    const twins = scenes.slice(0, place).flatMap((other) => {
      const how = sameness(scene, other);
      return how === null ? [] : [{ other, how, apart: other.group !== scene.group }];
    });
    const twin = twins.find(({ apart }) => apart) ?? twins[0];
    if (twin === undefined) continue;
    const { apart, how, other } = twin;
    found.push(
      finding(
        apart ? 'error' : 'warning',
        apart ? 'leak' : 'duplicate',
        scene.file,
        `${how} ${other.file}${apart ? ', in a folder that is to be kept apart' : ''}`,
        apart
          ? `leave '${scene.name}' out of one of the folders`
          : 'leave one of them out, or name both in the file of --split',
      ),
    );
  }
  return found;
}

/** Pictures that fit another scene's cube better than their own. */
export async function mispairedFindings(scenes: readonly ScenePrint[]): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const scene of scenes) {
    const { picture } = scene;
    if (picture === null) continue;
    const own = correlate(scene.cube, picture.pattern);
    if (own > 0.6) continue;
    await nextTurn();
    let [best, fit]: [ScenePrint | null, number] = [null, own + 0.25];
    for (const other of scenes) {
      const score = other === scene ? -1 : correlate(other.cube, picture.pattern);
      if (score > fit) [best, fit] = [other, score];
    }
    if (best !== null && fit > 0.6) {
      found.push(
        finding(
          'error',
          'mispaired',
          picture.file,
          `is paired with ${scene.file} and shows ${best.file} (correlation ${fit.toFixed(2)}, with its own ${own.toFixed(2)})`,
          `name each picture after its cube: this one '${best.name}'`,
        ),
      );
    } else if (own < 0.2) {
      found.push(
        finding(
          'warning',
          'unlike',
          picture.file,
          `shows nothing of its cube, ${scene.file} (correlation ${own.toFixed(2)})`,
          'look at both: hyperlift info CUBE --picture OUT.png; or --rgb simulated',
        ),
      );
    }
  }
  return found;
}
