import type { Contender } from './contender.js';
import type { Effort } from './measure.js';

/** What a figure case is given. */
export interface FigureSetting {
  effort: Effort;
  /** Height and width of the large image. */
  imageSize: number;
  /** Height and width of the cube that is made larger. */
  cubeSize: number;
  /** Bytes that the mapped scenes may keep in memory. */
  cacheLimit: number;
  /** Networks that were asked for; undefined where none were named. */
  models: readonly string[] | undefined;
  /** Starts a process of ours. */
  ours: () => Contender;
  /** Starts a script of bench/ in the interpreter that was named. */
  python: (name: string, script: string, ...args: string[]) => Contender;
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

/** Figures of the library as a whole, measured in processes of their own. */
export interface FigureCase {
  /** What `--part` calls it. */
  part: string;
  /** None where ours failed, or where there is nothing to hold it against. */
  measure(setting: FigureSetting): Promise<readonly Figure[]>;
}
