import type { NativeAngleRule } from '../native/index.js';
import type { CubeSums } from './sums.js';

/** The spectral angles of super-resolution papers, by the names of their scripts. On ordinary data they agree to about 1e-5 degrees; on
 * black pixels they part: left out, 0 or 90 degrees. Where a script gets NaN because rounding lifts a cosine above 1, and with it blanks
 * rows or loses the whole score, the angle is 0 here. */
export const angleRules = {
  /** Exact zeros become 1e-12. */
  coarsr: { zero: 1e-12, singleProduct: true },
  /** Also of SFCSR and ERCSR: exact zeros become 2.2204e-16, which is added to the denominator, too. */
  mcnet: { zero: 2.2204e-16, denominatorEpsilon: 2.2204e-16, singleProduct: true },
  /** 2^-52 is added to the product and to both norms. */
  finesr: { productEpsilon: Number.EPSILON, normEpsilon: Number.EPSILON },
  /** Pixels with an all-zero spectrum are left out. */
  sspsr: { skipBlack: true },
  /** No guard: NaN as soon as one pixel is black. */
  fcnn3d: {},
  /** SSPSR's APPSA. */
  appsa: { denominatorEpsilon: 1e-3 },
} as const satisfies Record<string, NativeAngleRule>;

/** Mean spectral angle in degrees by one of the rules asked for.
 * @param rule index into them. */
export function samByRule(sums: CubeSums, rule = 0): number {
  return (180 / Math.PI) * appsa(sums, rule);
}

/** Mean spectral angle in radians; with {@link angleRules}`.appsa` SSPSR's APPSA. That adds 0.001 to the denominator, so that even equal
 * spectra have an angle above 0, the larger the darker they are.
 * @param rule index into the rules asked for. */
export function appsa(sums: CubeSums, rule = 0): number {
  const { radians, pixels } = sums.angles[rule] ?? { radians: Number.NaN, pixels: 0 };
  return radians / pixels;
}
