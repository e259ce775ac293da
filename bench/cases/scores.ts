import { type ProtocolName, protocols } from '../../ts/metrics/index.js';
import type { ScoresCase } from '../case.js';
import type { Figure, FigureCase } from '../figure.js';
import { measure } from '../measure.js';

/** A cube of the papers. */
const cube = { bands: 31, size: 512 };

/** All scores of a 512 x 512 x 31 pair, under each protocol. */
export const scores: FigureCase = {
  part: 'scores',
  async measure({ effort, ours }) {
    const figures: Figure[] = [];
    const contender = ours();
    for (const protocol of Object.keys(protocols) as ProtocolName[]) {
      const item: ScoresCase = { mode: 'scores', protocol, ...cube };
      const { measured } = await measure(item, [contender], effort);
      const found = measured.get('ours');
      if (found === undefined) continue;
      figures.push({
        name: `scores of 512 x 512 x 31, ${protocol}`,
        unit: 'ms',
        value: found.seconds * 1000,
        limit: 500,
        parts: { threads: effort.threads },
      });
    }
    await contender.end();
    return figures;
  },
};
