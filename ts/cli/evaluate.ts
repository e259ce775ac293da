import { evaluateTable } from '../config/index.js';
import { flag } from '../config/option.js';
import { defineTable } from '../config/table.js';
import { checkWhole } from '../config/validate.js';
import type { EvaluateEvent } from '../evaluate/index.js';
import { type Console, defineCommand } from './command.js';
import { openProgress, type Progress } from './progress.js';

const table = defineTable({
  ...evaluateTable,
  required: [],
  either: [],
  examples: [
    ...evaluateTable.examples,
    { does: 'the formulas of a protocol', line: 'hyperlift evaluate --protocol unssr-cave --explain' },
  ],
  options: {
    explain: flag({ doc: 'print the formulas of the protocol; nothing is scored', default: false }),
    ...evaluateTable.options,
  },
});

/** `hyperlift evaluate`: one table for people; with --json one object, `{protocol, protocolVersion, scenes, mean, interval, baseline,
 * files}`. With --explain the formulas alone. */
export const command = defineCommand(table, async ({ explain, ...options }, console) => {
  if (explain === true)
    return showFormulas(options.protocol ?? evaluateTable.options.protocol.default, console);
  checkWhole(evaluateTable, options, { kind: 'flags' });
  const { evaluate, markdownTable, reportLines, reportNotes } = await import('../evaluate/index.js');
  const progress = await openProgress(console);
  try {
    const onProgress = (event: EvaluateEvent): void => show(event, progress);
    const result = await evaluate({ ...options, signal: console.signal, onProgress });
    progress.end();
    if (console.json) {
      console.event(result);
      return undefined;
    }
    const lines = [markdownTable(reportLines(result)).trimEnd(), ...reportNotes(result), ...result.files];
    for (const text of lines) console.print(text);
  } finally {
    progress.end();
  }
  return undefined;
});

async function showFormulas(name: string, console: Console): Promise<undefined> {
  const { explainProtocol, explanationOf, protocolNamed } = await import('../metrics/index.js');
  const protocol = protocolNamed(name);
  if (console.json) console.event(explanationOf(protocol));
  else console.print(explainProtocol(protocol));
}

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
