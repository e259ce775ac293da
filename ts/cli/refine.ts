import { refineTable } from '../config/index.js';
import { defineCommand } from './command.js';

/** `hyperlift refine` */
export const command = defineCommand(refineTable, async (options, console) => {
  const { refine } = await import('../refine/index.js');
  const result = await refine(options);
  if (console.json) console.event(result);
  else {
    const { cube, constraint, angle } = result;
    console.print(cube);
    console.print(
      `mean spectral angle ${angle.toFixed(3)} degrees, weight of the correction ${constraint.toFixed(3)}`,
    );
  }
  return undefined;
});
