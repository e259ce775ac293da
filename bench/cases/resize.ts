import type { ResizeCase } from '../case.js';
import type { Contender } from '../contender.js';
import type { Figure, FigureCase } from '../figure.js';
import { type Measured, measure } from '../measure.js';

/** A cube of the papers. */
const cube = { bands: 31, size: 512 };

function figureOf({ style, factor }: ResizeCase, measured: Map<string, Measured>): Figure | null {
  const ours = measured.get('ours');
  if (ours === undefined || measured.size === 1) return null;
  const others = [...measured].filter(([name]) => name !== 'ours');
  const fastest = Math.min(...others.map(([, { seconds }]) => seconds));
  const times = [...measured].map(([name, { seconds }]) => [`${name} ms`, seconds * 1000]);
  return {
    name: `imresize over Python's, ${style} x${factor}`,
    unit: '',
    value: ours.seconds / fastest,
    limit: 1 / 3,
    parts: Object.fromEntries(times),
  };
}

/** Bicubic resizing of a cube, all bands at once, over the faster of Pillow's and scikit-image's band by band, as far as Python has
 * them. */
export const resize: FigureCase = {
  part: 'resize',
  async measure({ effort, ours, python }) {
    const figures: Figure[] = [];
    for (const style of ['matlab', 'pillow'] as const) {
      for (const factor of [1 / 4, 4]) {
        const item: ResizeCase = { mode: 'resize', ...cube, style, factor };
        const programs = ['Pillow', 'scikit-image'];
        const racing: Contender[] = [
          ours(),
          ...programs.map((name) => python(name, 'resize-peer.py', name.toLowerCase())),
        ];
        const { measured } = await measure(item, racing, { ...effort, repetitions: 1, warmUp: 1 });
        await Promise.all(racing.map((contender) => contender.end()));
        const figure = figureOf(item, measured);
        if (figure !== null) figures.push(figure);
      }
    }
    return figures;
  },
};
