import { listModels } from '../../ts/models/index.js';
import type { Precision } from '../../ts/native/index.js';
import type { BenchCase } from '../case.js';

/** Which cases to run; everything that is left out means all. */
export interface Selection {
  models?: readonly string[] | undefined;
  sizes?: readonly number[] | undefined;
  precisions?: readonly Precision[] | undefined;
}

/** Forward and training step of every network that is trained by steps, at three sizes and in both precisions. */
export function networkCases({
  models,
  sizes = [64, 128, 256],
  precisions = ['float32', 'bfloat16'],
}: Selection = {}): BenchCase[] {
  const ids = listModels().filter(({ closedForm }) => !closedForm);
  const cases: BenchCase[] = [];
  for (const { id } of ids.filter((facts) => models === undefined || models.includes(facts.id))) {
    for (const size of sizes) {
      for (const precision of precisions) {
        for (const mode of ['forward', 'training'] as const) {
          const name = `${id} ${mode} ${size} ${precision}`;
          cases.push({ name, model: id, mode, size, batch: 1, precision });
        }
      }
    }
  }
  return cases;
}
