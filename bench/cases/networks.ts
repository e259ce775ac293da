import { listModels, type ModelFacts } from '../../ts/models/index.js';
import type { Precision } from '../../ts/native/index.js';
import type { BenchCase } from '../case.js';

/** Which cases to run; everything that is left out means all. */
export interface Selection {
  models?: readonly string[] | undefined;
  /** Of the images that cubes are made of. */
  sizes?: readonly number[] | undefined;
  /** Of the low-resolution cubes that are made larger. */
  sides?: readonly number[] | undefined;
  precisions?: readonly Precision[] | undefined;
}

type Mode = 'forward' | 'training';
type Extent = Pick<BenchCase, 'size' | 'bands' | 'scale'>;

/** What super-resolution is timed on: cubes of the papers' number of bands, four times larger in each direction. */
const upscaling = { bands: 31, scale: 4 };

/** What a network is run on. Training goes over patches, and the features of a large cube would not fit into usual memory. */
function extentsOf({ task }: ModelFacts, mode: Mode, { sizes, sides }: Selection): Extent[] {
  if (task !== 'spatial') return (sizes ?? [64, 128, 256]).map((size) => ({ size, bands: 3, scale: 1 }));
  const usual = mode === 'forward' ? [32, 128] : [32];
  return (sides ?? usual).map((size) => ({ size, ...upscaling }));
}

/** Forward and training step of every network that is trained by steps, at several sizes and in both precisions. */
export function networkCases(selection: Selection = {}): BenchCase[] {
  const { models, precisions = ['float32', 'bfloat16'] } = selection;
  const cases: BenchCase[] = [];
  for (const facts of listModels()) {
    const { id, closedForm } = facts;
    if (closedForm || !(models?.includes(id) ?? true)) continue;
    for (const mode of ['forward', 'training'] as const) {
      for (const extent of extentsOf(facts, mode, selection)) {
        for (const precision of precisions) {
          const { size, scale } = extent;
          const name = `${id}${scale === 1 ? '' : ` x${scale}`} ${mode} ${size} ${precision}`;
          cases.push({ name, model: id, mode, ...extent, batch: 1, precision });
        }
      }
    }
  }
  return cases;
}
