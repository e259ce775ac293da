import { patchGrid } from '../data/index.js';
import type { Run } from './run.js';

/** Fits a network that has a solution in closed form: all training pixels once, no steps. */
export async function fitInClosedForm(run: Run): Promise<void> {
  const { session, data, options, steps } = run;
  const { patch } = options;
  await session.trainer.fit(patchGrid(data.training, patch, patch));
  await run.validate(steps);
  await run.save(steps);
}
