import type { CubeInfo, PublishedSet } from '../data/index.js';
import { type Finding, finding, short } from './finding.js';

/** Numbers of bands that cubes of the field have. */
const usualBands: ReadonlySet<number> = new Set([31, 33, 34]);
const usualWavelengths = '--wavelengths 400:10';

function firstOutOfOrder(wavelengths: readonly number[]): number {
  return wavelengths.findIndex((nm, band) => band > 0 && nm <= (wavelengths[band - 1] ?? 0));
}

/** What is wrong with the wavelengths of a cube. */
export function wavelengthFindings({ wavelengths, bands }: CubeInfo, file: string): Finding[] {
  const give = (example: string): string => `give the right ones: hyperlift convert IN OUT ${example}`;
  if (wavelengths === null) {
    if (bands === 31) return [];
    return [
      finding(
        'warning',
        'wavelengths-missing',
        file,
        `${bands} bands of unknown wavelength: no RGB can be made of them (super-resolution does not need them)`,
        give('--wavelengths FIRST:STEP'),
      ),
    ];
  }
  const [least, most] = [Math.min(...wavelengths), Math.max(...wavelengths)];
  if (!(least >= 200 && most <= 20000)) {
    const unit = most < 30 ? ' (micrometers?)' : least > 0 && most <= bands + 1 ? ' (numbers of bands?)' : '';
    return [
      finding(
        'error',
        'wavelengths-range',
        file,
        `wavelengths from ${short(least)} to ${short(most)} nm${unit}; 200 to 20000 nm were expected`,
        give(usualWavelengths),
      ),
    ];
  }
  if (bands === 31 && least >= 2000 && most <= 12000 && most / least < 4) {
    return [
      finding(
        'error',
        'wavelengths-range',
        file,
        `wavelengths from ${short(least)} to ${short(most)} nm: ten times those of visible light (angstroms?)`,
        give(`--wavelengths ${short(least / 10)}:${short((most - least) / (bands - 1) / 10)}`),
      ),
    ];
  }
  return orderFindings(wavelengths, file);
}

/** Steps back that the borders of an instrument's spectrometers make: few and small. */
const mostOverlaps = 4;
const widestOverlap = 60;

function orderFindings(wavelengths: readonly number[], file: string): Finding[] {
  const place = firstOutOfOrder(wavelengths);
  if (place < 0) return [];
  const steps = wavelengths.map((nm, band) => nm - (wavelengths[band - 1] ?? nm));
  const back = steps.filter((step, band) => band > 0 && step <= 0);
  const where = `band ${place} (${short(wavelengths[place] ?? 0)} nm) does not follow band ${place - 1} (${short(wavelengths[place - 1] ?? 0)} nm)`;
  const warn = (found: string, mend: string): Finding[] => [
    finding('warning', 'wavelengths-order', file, found, `hyperlift convert IN OUT ${mend}`),
  ];
  const { length } = wavelengths;
  if (back.length === length - 1) {
    const turned = Array.from({ length }, (_, i) => length - 1 - i).join(',');
    return warn('bands run from long to short waves; networks expect them ascending', `--bands ${turned}`);
  }
  if (back.length <= mostOverlaps && length > 60 && back.every((step) => step > -widestOverlap)) {
    return warn(`${where}: spectrometers that overlap`, '--bands LIST, without one side of the overlap');
  }
  return [
    finding(
      'error',
      'wavelengths-order',
      file,
      where,
      'give the right ones: hyperlift convert IN OUT --wavelengths LIST',
    ),
  ];
}

/** The stored order of the axes as the option takes it, from what the reader states: `[H, W, B] (...)`. */
function storedOrder({ origin }: CubeInfo): string | null {
  const [, a, b, c] = /\[([HWB]), ([HWB]), ([HWB])\]/.exec(origin.axes ?? '') ?? [];
  return a === undefined ? null : `${a}${b}${c}`.toLowerCase();
}

/** How to read a cube with two of its axes exchanged. */
export function exchangeAxes(info: CubeInfo, one: 'h' | 'b' | 'w', other: 'h' | 'b' | 'w'): string {
  const order = storedOrder(info);
  if (order === null) return 'write the cube again with its axes in the other order';
  const swapped = [...order].map((axis) => (axis === one ? other : axis === other ? one : axis)).join('');
  return `hyperlift convert IN OUT --axes ${swapped}`;
}

/** Whether another axis than that of the bands has the size of bands. */
export function bandAxisFindings(info: CubeInfo, file: string): Finding[] {
  const { bands, height, width } = info;
  const axis = usualBands.has(height) ? 'h' : usualBands.has(width) ? 'w' : null;
  if (axis === null || usualBands.has(bands) || bands <= 2 * Math.min(height, width)) return [];
  const size = axis === 'h' ? height : width;
  return [
    finding(
      'error',
      'bands-axis',
      file,
      `${bands} bands of ${height} x ${width} pixels: the axis of ${size} looks like that of the bands`,
      exchangeAxes(info, 'b', axis),
    ),
  ];
}

/** Whether a cube has the bands that its data set has. */
export function setFindings(info: CubeInfo, set: PublishedSet | null, file: string): Finding[] {
  if (set === null || set.bands.includes(info.bands)) return [];
  return [
    finding(
      'warning',
      'bands-of-set',
      file,
      `${info.bands} bands, where ${set.title} has ${set.bands.join(' or ')}: its wavelengths are not taken for them`,
      '--dataset none if it is no cube of this set; else get the file again, or give its wavelengths: hyperlift convert IN OUT --wavelengths LIST',
    ),
  ];
}
