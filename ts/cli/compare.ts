import { compareTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';
import { comparisonBar } from './comparison.js';
import { openProgress } from './progress.js';

/** `hyperlift compare`: one bar over all networks, then the table; status 1 where a network failed. */
export const command = defineCommand(compareTable, async (options, console) => {
  const { compare, compareMarkdown } = await import('../compare/index.js');
  const progress = await openProgress(console);
  const show = comparisonBar(progress, 'networks');
  try {
    const result = await compare({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else if (event.type === 'model')
          show({ ...event, type: 'begin', name: `${event.model} ${event.paradigm}` });
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
