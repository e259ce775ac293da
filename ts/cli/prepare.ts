import { prepareTable } from '../config/index.js';
import type { PrepareEvent } from '../prepare/index.js';
import { defineCommand } from './command.js';
import { openProgress, type Progress } from './progress.js';

/** `hyperlift prepare` */
export const command = defineCommand(prepareTable, async (options, console) => {
  const { prepare } = await import('../prepare/index.js');
  const progress = await openProgress(console);
  try {
    const { out, samples } = await prepare({
      ...options,
      signal: console.signal,
      onProgress: (event) => {
        if (console.json) console.event(event);
        else show(event, progress);
      },
    });
    progress.end();
    if (!console.json) console.print(`${out}: ${samples} samples`);
  } finally {
    progress.end();
  }
  return undefined;
});

function show(event: PrepareEvent, progress: Progress): void {
  if (event.type === 'notice') progress.say(`note: ${event.text}`);
  if (event.type === 'start') {
    const { training, heldBack, samples } = event;
    progress.say(`${samples} samples; scenes: ${training} cut, ${heldBack} held back`);
  }
  if (event.type === 'samples') {
    const { done, total, perSecond, remainingSeconds } = event;
    progress.show({ done, total, unit: 'samples', perSecond, remainingSeconds });
  }
}
