import { basename } from 'node:path';
import { type FoundScene, findScenes, sceneStem } from '../data/index.js';
import { DataError } from '../errors.js';

/** A cube that was made, and the true one. */
export interface ResultPair {
  name: string;
  result: string;
  truth: string;
}

interface Cube {
  name: string;
  path: string;
  stem: string;
}

async function cubesIn(paths: string | readonly string[], what: string): Promise<Cube[]> {
  const found: FoundScene[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) found.push(...(await findScenes(path)));
  return found.map(({ name, cube, rgb }) => {
    if (cube !== null) return { name, path: cube, stem: sceneStem(cube) };
    throw new DataError('DATA_SCENE_KIND', `${rgb}: a picture among the ${what}; cubes were expected`);
  });
}

/** Finds the true cube of each result: of the same name, apart from endings and words for the kind of file (`_ms`, `_rgb`, ..); a single
 * result and a single true cube belong together whatever their names.
 * @returns the pairs, in the order of the results, and the true cubes that have no result.
 * @throws {DataError} `DATA_PAIR_MISSING` for a result without a true cube, `DATA_PAIR_AMBIGUOUS` for several of one name. */
export async function pairResults(
  results: string | readonly string[],
  data: string | readonly string[],
): Promise<{ pairs: ResultPair[]; unscored: string[] }> {
  const made = await cubesIn(results, 'results');
  const truths = await cubesIn(data, 'true cubes');
  refuseTwins(made, 'results');
  refuseTwins(truths, 'true cubes');
  const single = made.length === 1 && truths.length === 1;
  const pairs = made.map(({ name, path, stem }) => {
    const truth = single ? truths[0] : truths.find((candidate) => candidate.stem === stem);
    if (truth !== undefined) return { name, result: path, truth: truth.path };
    throw new DataError(
      'DATA_PAIR_MISSING',
      `${path}: no true cube is named '${stem}'; there are: ${truths.map((candidate) => candidate.stem).join(', ')}`,
    );
  });
  const scored = new Set(pairs.map(({ truth }) => truth));
  return { pairs, unscored: truths.filter(({ path }) => !scored.has(path)).map(({ name }) => name) };
}

function refuseTwins(cubes: readonly Cube[], what: string): void {
  for (const [index, { stem, path }] of cubes.entries()) {
    const twin = cubes.slice(0, index).find((earlier) => earlier.stem === stem);
    if (twin === undefined) continue;
    throw new DataError(
      'DATA_PAIR_AMBIGUOUS',
      `two ${what} are named '${stem}': ${twin.path} and ${path} (${basename(twin.path)}, ${basename(path)})`,
    );
  }
}
