import { convertTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { openProgress } from './progress.js';

/** `hyperlift convert` */
export const command = defineCommand(convertTable, async (options, console) => {
  const { convertCube } = await import('../convert/index.js');
  const progress = await openProgress(console);
  try {
    const { to } = await convertCube({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else if (event.type === 'notice') progress.say(`note: ${event.text}`);
        else if (event.type === 'lines' && event.done < event.total) {
          progress.show({ done: event.done, total: event.total, unit: event.lines });
        }
      },
    });
    progress.end();
    if (!console.json) console.print(to);
  } finally {
    progress.end();
  }
  return undefined;
});
