import { DataError } from '../../errors.js';
import { type CubeInfo, type CubeValues, fullScaleOf, nextTurn } from '../cube.js';
import type { CubeReader } from '../formats/format.js';
import type { PublishedSet } from './published.js';

/** Wavelengths of a file and of its data set may differ by this much, in nm. */
const agreement = 5;
/** Values of a cube that was divided already stay below this. */
const dividedBelow = 1.5;
const piece = 1 << 18;

function conflict(file: string, set: PublishedSet, found: string, expected: string, mend: string): DataError {
  return new DataError(
    'DATA_CONFLICT',
    `${file}: ${found}, but ${set.title} has ${expected}; ${mend}, or take the files as they are with dataset 'none'`,
  );
}

/** Wavelengths that the data set states, for a file that does not. What the file says stands.
 * @throws {DataError} `DATA_CONFLICT` where the two disagree. */
export function settleKnownWavelengths(info: CubeInfo, set: PublishedSet): number[] | null {
  const known = set.wavelengths;
  if (known === null || known.length !== info.bands) return info.wavelengths;
  if (info.wavelengths === null) return [...known];
  const off = info.wavelengths.findIndex((nm, band) => Math.abs(nm - (known[band] ?? nm)) > agreement);
  if (off < 0) return info.wavelengths;
  throw conflict(
    info.origin.file,
    set,
    `band ${off + 1} is at ${info.wavelengths[off]} nm`,
    `it at ${known[off]} nm`,
    'correct the file',
  );
}

/** The largest of values; pieces of them at a time. */
export async function largestOf(data: CubeValues): Promise<number> {
  let most = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < data.length; start += piece) {
    for (const value of data.subarray(start, start + piece)) if (value > most) most = value;
    await nextTurn();
  }
  return most;
}

/** The number that brings a cube's values to [0, 1]: that of the data set, unless the file says another, or its values
 * were divided already.
 * @param largest finds the largest value, where it matters.
 * @throws {DataError} `DATA_CONFLICT` where values lie beyond that of the set. */
export async function settleKnownScale(
  { dtype, fullScale, origin }: Pick<CubeInfo, 'dtype' | 'fullScale' | 'origin'>,
  set: PublishedSet,
  largest: () => Promise<number>,
): Promise<number> {
  const known = set.fullScale;
  if (known === null || fullScale !== fullScaleOf(dtype)) return fullScale;
  const isFloat = dtype === 'float32' || dtype === 'float64';
  if (!isFloat && fullScale < known) return fullScale;
  const most = await largest();
  if (isFloat && most <= dividedBelow) return fullScale;
  if (most <= known * 1.05) return known;
  throw conflict(
    origin.file,
    set,
    `values go up to ${Number(most.toPrecision(6))}`,
    `a full scale of ${known}`,
    'give the right one with --full-scale',
  );
}

/** An open cube with what its data set states; its middle band stands for all where the values decide.
 * @throws {DataError} `DATA_CONFLICT`. */
export async function withKnownFacts(
  reader: CubeReader,
  set: PublishedSet,
  askedScale: number | undefined,
): Promise<CubeReader> {
  const { info } = reader;
  const middle = async (): Promise<number> =>
    largestOf(await reader.read({ bands: [Math.floor(info.bands / 2)] }));
  const wavelengths = settleKnownWavelengths(info, set);
  const fullScale = askedScale ?? (await settleKnownScale(info, set, middle));
  return {
    info: { ...info, wavelengths, fullScale },
    lines: reader.lines,
    read: (window) => reader.read(window),
    close: () => reader.close(),
  };
}
