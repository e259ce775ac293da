import { simulateTable } from '../config/index.js';
import { defineCommand } from './command.js';
import { openProgress } from './progress.js';

/** `hyperlift simulate` */
export const command = defineCommand(simulateTable, async (options, console) => {
  const { simulate } = await import('../simulate/index.js');
  const progress = await openProgress(console);
  try {
    await simulate({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else if (event.type === 'file') console.print(event.file);
        else if (event.type === 'rows') progress.show({ ...event, unit: 'rows' });
        else {
          const light = event.illuminant === null ? '' : ` under ${event.illuminant}`;
          progress.say(
            `${event.cubes} ${event.cubes === 1 ? 'cube' : 'cubes'} through ${event.response}${light} (${event.camera})`,
          );
        }
      },
    });
  } finally {
    progress.end();
  }
  return undefined;
});
