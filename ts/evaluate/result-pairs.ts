import { openDataset, type Scene, sceneStem } from '../data/index.js';
import { DataError } from '../errors.js';

/** A cube that was made, and the true one. */
export interface ResultPair {
  name: string;
  result: Scene;
  truth: Scene;
}

/** How the files of both sides are read. */
export interface PairOptions {
  /** Of the true cubes. */
  dataset?: string | undefined;
  variable?: string | undefined;
  fullScale?: number | undefined;
  /** Of the results. */
  resultVariable?: string | undefined;
  resultScale?: number | undefined;
}

/** What was found on both sides. */
export interface FoundPairs {
  /** In the order of the results. */
  pairs: ResultPair[];
  /** For people: what was recognised, and which true cubes have no result. */
  notices: string[];
}

/** Finds the true cube of each result: of the same name, apart from endings and words for the kind of file (`_ms`, `_rgb`, ..); a single
 * result and a single true cube belong together whatever their names.
 * @throws {DataError} `DATA_PAIR_MISSING` for a result without a true cube, `DATA_PAIR_AMBIGUOUS` for several of one name,
 * `DATA_SCENE_KIND` for a picture among them, and those of `openDataset`. */
export async function pairResults(
  results: string | readonly string[],
  data: string | readonly string[],
  { dataset, variable, fullScale, resultVariable, resultScale }: PairOptions = {},
): Promise<FoundPairs> {
  // What a program made of a data set is none of its files: no facts of the set hold for it.
  const made = await openDataset(results, { dataset: 'none', ...given(resultVariable, resultScale) });
  const known = await openDataset(data, {
    ...(dataset === undefined ? {} : { dataset }),
    ...given(variable, fullScale),
  });
  const truths = stemsOf(known.scenes, 'true cubes');
  const single = made.scenes.length === 1 && known.scenes.length === 1;
  const pairs = [...stemsOf(made.scenes, 'results')].map(([stem, result]): ResultPair => {
    const truth = single ? known.scenes[0] : truths.get(stem);
    if (truth !== undefined) return { name: result.name, result, truth };
    throw new DataError(
      'DATA_PAIR_MISSING',
      `${result.cubePath}: no true cube is named '${stem}'; there are: ${[...truths.keys()].join(', ')}`,
    );
  });
  const scored = new Set(pairs.map(({ truth }) => truth));
  const others = known.scenes.filter((scene) => !scored.has(scene)).map(({ name }) => name);
  const left = `${others.length} true cubes have no result and are not scored: ${others.join(', ')}`;
  return { pairs, notices: [...known.notices, ...(others.length > 0 ? [left] : [])] };
}

function given(variable: string | undefined, fullScale: number | undefined) {
  return {
    ...(variable === undefined ? {} : { variable }),
    ...(fullScale === undefined ? {} : { fullScale }),
  };
}

function stemsOf(scenes: readonly Scene[], what: string): Map<string, Scene> {
  const stems = new Map<string, Scene>();
  for (const scene of scenes) {
    const { cubePath, rgbPath } = scene;
    if (cubePath === null) {
      throw new DataError('DATA_SCENE_KIND', `${rgbPath}: a picture among the ${what}; cubes were expected`);
    }
    const stem = sceneStem(cubePath);
    const twin = stems.get(stem)?.cubePath;
    if (twin !== undefined) {
      throw new DataError('DATA_PAIR_AMBIGUOUS', `two ${what} are named '${stem}': ${twin} and ${cubePath}`);
    }
    stems.set(stem, scene);
  }
  return stems;
}
