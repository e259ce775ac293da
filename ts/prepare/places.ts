import { drawCorners, type Random } from '../data/index.js';
import { caveVariants, harvardVariants, type PatchVariant } from '../degrade/index.js';

/** A patch of a scene at one of its sizes, and the positions it is stored in. */
export interface Place {
  row: number;
  column: number;
  variants: readonly PatchVariant[];
}

/** Which positions and places are taken. */
export interface PlaceOptions {
  variants: 'cave' | 'harvard';
  /** Side of a patch at high resolution. */
  patch: number;
  /** Default: 24, or 32 for `harvard`, as the scripts do. */
  places: number | undefined;
}

const published = { cave: 24, harvard: 32 } as const;

/** The patches of a scene of this size, in the order in which they are stored. */
export function drawPlaces(
  size: { height: number; width: number },
  { variants, patch, places = published[variants] }: PlaceOptions,
  random: Random,
): Place[] {
  if (variants === 'cave') {
    return drawCorners(size, { patch, places }, random).map(([row, column]) => ({
      row,
      column,
      variants: caveVariants,
    }));
  }
  // These scripts never take the last place either, but where it is the only one.
  const below = (side: number): number => random.below(Math.max(1, side - patch));
  return Array.from({ length: places }, () => ({
    row: below(size.height),
    column: below(size.width),
    variants: harvardVariants.filter((_, i) => i === 0 || random.below(2) === 1),
  }));
}
