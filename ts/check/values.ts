import { fullScaleOf } from '../data/index.js';
import { type Finding, finding, percent, short } from './finding.js';
import type { BandCount, CubeSample } from './sample.js';

/** Full scales that files have. */
const usualScales = [1, 100, 255, 1023, 4095, 10000, 16383, 65535] as const;
/** Floats may pass full scale by this much: highlights. */
const highlights = 1.5;
const mostDark = 0.7;
const mostSaturated = 0.1;

/** The largest and least of all values, and how many are not numbers. */
export function extremes({ bands }: CubeSample): {
  least: number;
  most: number;
  mean: number;
  notFinite: number;
  ignored: number;
  negative: number;
  total: number;
} {
  const sum = (of: (band: BandCount) => number): number => bands.reduce((all, band) => all + of(band), 0);
  const [count, notFinite, ignored] = [
    sum((band) => band.count),
    sum((band) => band.notFinite),
    sum((band) => band.ignored),
  ];
  return {
    least: Math.min(...bands.map(({ least }) => least)),
    most: Math.max(...bands.map(({ most }) => most)),
    mean: count === 0 ? Number.NaN : sum((band) => band.sum) / count,
    notFinite,
    ignored,
    negative: sum((band) => band.negative),
    total: count + notFinite + ignored,
  };
}

/** The least usual full scale that holds a value. */
function scaleFor(most: number): number {
  return usualScales.find((scale) => most <= scale * 1.001) ?? Number(most.toPrecision(3));
}

/** The scale that values of a type would have, were they stored as full scale says. */
export function lowerScale({ info }: CubeSample, most: number): number | null {
  const scale = scaleFor(most);
  const isFloat = info.dtype === 'float32' || info.dtype === 'float64';
  if (isFloat) return most > 0 && most < 0.01 * info.fullScale ? most : null;
  return most > 0 && scale * 4 < info.fullScale && info.fullScale === fullScaleOf(info.dtype) ? scale : null;
}

function rangeFindings(sample: CubeSample, file: string): Finding[] {
  const { info } = sample;
  const { least, most, notFinite, ignored, negative, total } = extremes(sample);
  const found: Finding[] = [];
  if (notFinite > 0) {
    const bad = sample.bands.findIndex((band) => band.notFinite > 0);
    found.push(
      finding(
        'error',
        'not-finite',
        file,
        `${notFinite} values are NaN or infinite (${percent(notFinite / total)}), the first in band ${bad} (counted from 0)`,
        'repair or crop the cube (hyperlift convert --crop); training and scores refuse it',
      ),
    );
  }
  if (ignored > 0) {
    found.push(
      finding(
        'warning',
        'ignore-value',
        file,
        `${percent(ignored / total)} of the values are ${info.ignoreValue}, which the file gives for 'nothing was measured'`,
        'crop to the part that was measured: hyperlift convert --crop ROW,COLUMN,HEIGHT,WIDTH',
      ),
    );
  }
  if (most > highlights * info.fullScale) {
    found.push(
      finding(
        'error',
        'range',
        file,
        `values from ${short(least)} to ${short(most)}, but full scale is ${short(info.fullScale)}`,
        `--full-scale ${scaleFor(most)}`,
      ),
    );
  }
  if (negative > 0) {
    found.push(
      finding(
        negative / total > 0.01 ? 'warning' : 'note',
        'negative',
        file,
        `${percent(negative / total)} of the values are below 0, down to ${short(least)}`,
        'they pass as they are; relative scores (MRAE) count them at their floor',
      ),
    );
  }
  return found;
}

function bandFindings({ bands, info }: CubeSample, file: string): Finding[] {
  const empty = bands.flatMap(({ least, most, count }, band) =>
    count === 0 || least === most ? [band] : [],
  );
  const repeated = bands.flatMap((band, place) => {
    const before = bands[place - 1];
    const same =
      before !== undefined &&
      band.least !== band.most &&
      band.sum === before.sum &&
      band.squares === before.squares &&
      band.most === before.most;
    return same ? [place] : [];
  });
  const found: Finding[] = [];
  const list = (places: readonly number[]): string =>
    `band${places.length > 1 ? 's' : ''} ${places.slice(0, 12).join(', ')}${places.length > 12 ? ', ...' : ''} (counted from 0)`;
  const allBut = `leave them out: hyperlift convert --bands LIST`;
  if (empty.length > 0) {
    const everywhere = empty.length === bands.length;
    found.push(
      finding(
        everywhere ? 'error' : 'warning',
        'band-empty',
        file,
        everywhere ? 'one value everywhere' : `${list(empty)} of ${bands.length}: one value everywhere`,
        everywhere ? 'get the file again' : allBut,
      ),
    );
  }
  if (repeated.length > 0)
    found.push(
      finding(
        'warning',
        'band-repeated',
        file,
        `${list(repeated)} equal the one before`,
        'get the file again, or leave them out',
      ),
    );
  if (info.badBands !== undefined && info.badBands.length > 0)
    found.push(
      finding(
        'note',
        'bad-bands',
        file,
        `the file marks ${list(info.badBands)} as bad`,
        'leave them out: hyperlift convert --bands good',
      ),
    );
  return found;
}

function lightFindings(sample: CubeSample, file: string, most: number): Finding[] {
  const { dark, saturated, info } = sample;
  const found: Finding[] = [];
  if (dark > mostDark && lowerScale(sample, most) === null) {
    found.push(
      finding(
        'warning',
        'dark',
        file,
        `${percent(dark)} of the pixels are dark (a mean below 0.003 of full scale)`,
        'crop it, or leave it out: relative errors mean nothing there',
      ),
    );
  }
  if (saturated > mostSaturated && most <= highlights * info.fullScale) {
    found.push(
      finding(
        'warning',
        'saturated',
        file,
        `${percent(saturated)} of the pixels reach full scale (${short(info.fullScale)}) in a band`,
        'give a larger --full-scale if values are cut off there by mistake; else leave the scene out of scores',
      ),
    );
  }
  return found;
}

/** What the values of a cube say about range, missing bands, dark and saturated parts. */
export function valueFindings(sample: CubeSample, file: string): Finding[] {
  const { most } = extremes(sample);
  return [
    ...rangeFindings(sample, file),
    ...bandFindings(sample, file),
    ...lightFindings(sample, file, most),
  ];
}
