import type { CompareEvent } from '../compare/index.js';
import { compareTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';
import { openProgress, type Progress } from './progress.js';

/** `hyperlift compare`: one bar over all networks, then the table; status 1 where a network failed. */
export const command = defineCommand(compareTable, async (options, console) => {
  const { compare, compareMarkdown } = await import('../compare/index.js');
  const progress = await openProgress(console);
  const show = presenter(progress);
  try {
    const result = await compare({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else show(event);
      },
    });
    progress.end();
    if (!console.json) {
      console.print(compareMarkdown({ hyperlift: '', options: {}, ...result }).trimEnd());
      for (const file of result.files) console.print(file);
    }
    return result.rows.some((row) => 'error' in row) ? exitCodes.failed : undefined;
  } finally {
    progress.end();
  }
});

/** One bar: a network counts as one, its steps as parts of it. */
function presenter(progress: Progress): (event: CompareEvent) => void {
  let [done, total, name] = [0, 1, ''];
  const show = (part: number, scores: string): void =>
    progress.show({
      done: Number((done + part).toFixed(2)),
      total,
      unit: 'networks',
      scores: `${name} ${scores}`,
    });
  return (event) => {
    if (event.type === 'model') {
      [done, total, name] = [event.done, event.total, `${event.model} ${event.paradigm}`];
      show(0, 'begins');
    } else if (event.type === 'train') {
      const { event: inner } = event;
      if (inner.type === 'step') show(inner.step / (inner.steps + 1), `step ${inner.step}/${inner.steps}`);
    } else if (event.type === 'evaluate') {
      if (event.event.type === 'scene') show(0.99, `scored ${event.event.scores.name}`);
    } else if ('error' in event.row) {
      progress.say(`${name}: ${event.row.error.message}`);
    } else {
      progress.say(
        `${name}: PSNR ${event.row.mean.psnr.toFixed(2)} dB, SAM ${event.row.mean.sam.toFixed(2)}`,
      );
    }
  };
}
