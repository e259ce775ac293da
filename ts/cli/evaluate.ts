import { evaluateTable } from '../config/index.js';
import type { EvaluateEvent } from '../evaluate/index.js';
import { defineCommand } from './command.js';
import { openProgress, type Progress } from './progress.js';

/** `hyperlift evaluate`: one table for people; with --json one object, `{protocol, scenes, mean, baseline, files}`. */
export const command = defineCommand(evaluateTable, async (options, console) => {
  const { evaluate, markdownTable, reportLines } = await import('../evaluate/index.js');
  const progress = await openProgress(console);
  try {
    const onProgress = (event: EvaluateEvent): void => show(event, progress);
    const result = await evaluate({ ...options, signal: console.signal, onProgress });
    progress.end();
    if (console.json) console.event(result);
    else
      for (const text of [markdownTable(reportLines(result)).trimEnd(), ...result.files]) console.print(text);
  } finally {
    progress.end();
  }
  return undefined;
});

function show(event: EvaluateEvent, progress: Progress): void {
  if (event.type === 'notice') progress.say(`note: ${event.text}`);
  if (event.type === 'scene') {
    const { done, total, scores } = event;
    progress.show({
      done,
      total,
      unit: 'scenes',
      scores: `${scores.name} PSNR ${scores.psnr.toFixed(2)} dB`,
    });
  }
}
