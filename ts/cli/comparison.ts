import type { EvaluateEvent } from '../evaluate/index.js';
import type { Scores } from '../metrics/index.js';
import type { TrainEvent } from '../train/index.js';
import type { Progress } from './progress.js';

/** A comparison's events as its bar reads them. */
export type ComparisonStep =
  | { type: 'begin'; name: string; done: number; total: number }
  | { type: 'train'; event: TrainEvent }
  | { type: 'evaluate'; event: EvaluateEvent }
  | { type: 'row'; row: { mean: Scores } | { error: { message: string } } };

/** One bar over all jobs of a comparison: each counts as one, its steps as parts of it. */
export function comparisonBar(progress: Progress, unit: string): (step: ComparisonStep) => void {
  let [done, total, name] = [0, 1, ''];
  const show = (part: number, scores: string): void =>
    progress.show({ done: Number((done + part).toFixed(2)), total, unit, scores: `${name} ${scores}` });
  return (step) => {
    if (step.type === 'begin') {
      ({ done, total, name } = step);
      show(0, 'begins');
    } else if (step.type === 'train') {
      const { event } = step;
      if (event.type === 'step') show(event.step / (event.steps + 1), `step ${event.step}/${event.steps}`);
    } else if (step.type === 'evaluate') {
      if (step.event.type === 'scene') show(0.99, `scored ${step.event.scores.name}`);
    } else if ('error' in step.row) {
      progress.say(`${name}: ${step.row.error.message}`);
    } else {
      const { psnr, sam } = step.row.mean;
      progress.say(`${name}: PSNR ${psnr.toFixed(2)} dB, SAM ${sam.toFixed(2)}`);
    }
  };
}
