import { upscalingTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';
import { comparisonBar } from './comparison.js';
import { openProgress } from './progress.js';

/** `hyperlift table`: one bar over all methods, then the table; status 1 where a method failed. */
export const command = defineCommand(upscalingTable, async (options, console) => {
  const { compareUpscaling } = await import('../table/index.js');
  const progress = await openProgress(console);
  const show = comparisonBar(progress, 'methods');
  try {
    const result = await compareUpscaling({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else if (event.type === 'method')
          show({ ...event, type: 'begin', name: `${event.method} x${event.scale}` });
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
