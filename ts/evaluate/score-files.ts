import { ConfigError } from '../errors.js';
import {
  type NotFiniteChoice,
  type ProtocolName,
  protocolNamed,
  type SceneScores,
} from '../metrics/index.js';
import { memoryBytes } from '../reconstruct/memory-size.js';
import type { EvaluateEvent } from './events.js';
import { writeReport } from './report.js';
import { type PairOptions, pairResults } from './result-pairs.js';
import { type EvaluateResult, protocolRecord, scoreSet } from './score-set.js';
import { scoreFilePair, type StripOptions } from './strip-scores.js';

/** What `scoreFiles` takes. */
export interface ScoreFilesOptions extends PairOptions {
  /** Cubes that were made by any program, or folders of them. */
  results: string | readonly string[];
  /** The true cubes, or folders of them. */
  data: string | readonly string[];
  /** Default `field`. */
  protocol?: ProtocolName;
  /** Default `refuse`. */
  notFinite?: NotFiniteChoice;
  /** Of the strips in which large cubes are read: `512MiB`, or bytes. Default 1 GiB. */
  memory?: string | number;
  /** Folder for scores.md, scores.csv, scores-bands.csv and scores.json. */
  out?: string | undefined;
  /** Called with each event. */
  onProgress?: ((event: EvaluateEvent) => void) | undefined;
  /** Stops between two strips. */
  signal?: AbortSignal | undefined;
}

/** Scores cubes already made against the true ones of the same names; no network is involved. Cubes are read in strips of rows, so that they
 * may be larger than memory.
 * @throws {DataError} `DATA_PAIR_MISSING`, `DATA_PAIR_AMBIGUOUS`, `DATA_SIZE_MISMATCH`, `DATA_NOT_FINITE`, and the readers' errors;
 * {ConfigError} `CONFIG_PROTOCOL`, `CONFIG_MEMORY`.
 * @example
 * const { mean, interval } = await scoreFiles({ results: 'theirs', data: 'truth', protocol: 'ntire2022' });
 * console.log(mean.mrae, interval?.mrae); */
export async function scoreFiles(given: ScoreFilesOptions): Promise<EvaluateResult> {
  const { results, data, out, onProgress = () => {}, memory = '1GiB', ...rest } = given;
  const protocol = protocolNamed(rest.protocol ?? 'field');
  const options: StripOptions = {
    ...rest,
    protocol,
    notFinite: rest.notFinite ?? 'refuse',
    memory: memoryBytes(memory),
  };
  const { pairs, notices } = await pairResults(results, data, rest);
  for (const text of notices) onProgress({ type: 'notice', text });
  const scenes: SceneScores[] = [];
  for (const [index, pair] of pairs.entries()) {
    const scores = await scoreFilePair(pair, options);
    scenes.push(scores);
    onProgress({ type: 'scene', scores, baseline: null, done: index + 1, total: pairs.length });
  }
  const scored = {
    ...protocolRecord(protocol),
    ...(await scoreSet(scenes)),
    baseline: null,
    baselineName: 'none',
  };
  const files = out === undefined ? [] : await writeReport(out, scored, null);
  for (const file of files) onProgress({ type: 'file', file });
  return { ...scored, files };
}

/** What only a checkpoint has a use for. */
const ofCheckpoints = ['half', 'kernel', 'noise', 'response', 'camera', 'tile', 'overlap', 'cubes'] as const;

/** {@link scoreFiles} from the options of `evaluate`.
 * @throws {ConfigError} `CONFIG_CONFLICT` for an option that only a checkpoint has a use for. */
export async function scoreResultFiles(
  options: Omit<ScoreFilesOptions, 'protocol'> & { protocol: string } & {
    [K in (typeof ofCheckpoints)[number]]?: unknown;
  },
): Promise<EvaluateResult> {
  const idle = ofCheckpoints.find((name) => (options[name] ?? false) !== false);
  if (idle !== undefined) {
    const text = `option '${idle}' has no effect: 'results' are cubes already made, of no checkpoint`;
    throw new ConfigError('CONFIG_CONFLICT', text);
  }
  return scoreFiles({ ...options, protocol: protocolNamed(options.protocol) });
}
