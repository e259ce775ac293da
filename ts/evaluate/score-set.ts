import { meanScores, type ProtocolName, protocols, type SceneScores, type Scores } from '../metrics/index.js';
import { type ScoreInterval, scoreInterval } from './score-interval.js';

/** Scores of each scene, and their plain mean. */
export interface ScoreSet {
  scenes: SceneScores[];
  mean: Scores;
  /** Where the mean lies with 95 % confidence, by drawing scenes anew; null below two scenes. */
  interval: ScoreInterval | null;
}

/** What `evaluate` returns and `--json` prints. A score that is not finite (the PSNR of equal cubes) becomes null in JSON. */
export interface EvaluateResult extends ScoreSet {
  protocol: ProtocolName;
  /** A protocol that computes something else has another version. */
  protocolVersion: number;
  /** The line to beat: the root-polynomial regression of the same training scenes, null where the checkpoint carries none; bicubic
   * interpolation for a spatial network; null for cubes of files. */
  baseline: ScoreSet | null;
  /** What the line to beat is: `rootpoly` or `bicubic`, `none` for cubes of files. */
  baselineName: string;
  /** Files written to `out`. */
  files: string[];
}

/** The scores of scenes with their mean and its interval. */
export async function scoreSet(scenes: SceneScores[]): Promise<ScoreSet> {
  return { scenes, mean: meanScores(scenes), interval: await scoreInterval(scenes) };
}

/** What a record of results says of its protocol. */
export function protocolRecord(protocol: ProtocolName): Pick<EvaluateResult, 'protocol' | 'protocolVersion'> {
  return { protocol, protocolVersion: protocols[protocol].version };
}
