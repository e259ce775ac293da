import { upscalingTable } from '../config/index.js';
import type { TableEvent } from '../table/index.js';
import { defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';
import { openProgress, type Progress } from './progress.js';

/** `hyperlift table`: one bar over all methods, then the table; status 1 where a method failed. */
export const command = defineCommand(upscalingTable, async (options, console) => {
  const { compareUpscaling } = await import('../table/index.js');
  const progress = await openProgress(console);
  const show = presenter(progress);
  try {
    const result = await compareUpscaling({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else show(event);
      },
    });
    progress.end();
    if (!console.json) for (const text of [result.markdown.trimEnd(), ...result.files]) console.print(text);
    return result.rows.some((row) => 'error' in row) ? exitCodes.failed : undefined;
  } finally {
    progress.end();
  }
});

/** One bar: a method counts as one, its steps as parts of it. */
function presenter(progress: Progress): (event: TableEvent) => void {
  let [done, total, name] = [0, 1, ''];
  const show = (part: number, scores: string): void =>
    progress.show({
      done: Number((done + part).toFixed(2)),
      total,
      unit: 'methods',
      scores: `${name} ${scores}`,
    });
  return (event) => {
    if (event.type === 'method') {
      [done, total, name] = [event.done, event.total, `${event.method} x${event.scale}`];
      show(0, 'begins');
    } else if (event.type === 'train') {
      const { event: inner } = event;
      if (inner.type === 'step') show(inner.step / (inner.steps + 1), `step ${inner.step}/${inner.steps}`);
    } else if (event.type === 'evaluate') {
      if (event.event.type === 'scene') show(0.99, `scored ${event.event.scores.name}`);
    } else if ('error' in event.row) {
      progress.say(`${name}: ${event.row.error.message}`);
    } else {
      const { psnr, sam } = event.row.mean;
      progress.say(`${name}: PSNR ${psnr.toFixed(2)} dB, SAM ${sam.toFixed(2)}`);
    }
  };
}
