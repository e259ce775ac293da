import type { Contender } from './contender.js';
import type { Effort } from './measure.js';

/** What a figure case is given. */
export interface FigureSetting {
  effort: Effort;
  /** Height and width of the large image. */
  imageSize: number;
  /** Starts a process of ours. */
  ours: () => Contender;
}

/** A number that should stay below a limit. */
export interface Figure {
  name: string;
  unit: '' | 'ms' | 'MiB';
  value: number;
  limit: number;
  /** What the value comes from, or what was measured beside it, with a unit in the name. */
  parts: Record<string, number>;
}

/** One figure of the library as a whole, measured in processes of its own. */
export interface FigureCase {
  /** What `--part` calls it. */
  part: string;
  /** Null where ours failed. */
  measure(setting: FigureSetting): Promise<Figure | null>;
}
