import type { Deviation } from './agreement.js';
import type { GoldenFile } from './golden-file.js';

/** Holds this build against one golden file. */
export type GoldenCheck = (golden: GoldenFile) => Promise<Deviation[]>;

/** Thrown by a check for a network or an algorithm that this build does not have. */
export class NotInThisBuild extends Error {}
