import { defineTable } from '../config/table.js';
import type { Diagnosis, Finding } from '../libtorch/index.js';
import { type Console, defineCommand } from './command.js';
import { exitCodes } from './exit-codes.js';

const table = defineTable({
  command: 'doctor',
  summary: 'look at this machine and say what is missing',
  about:
    'Shows platform, Node, LibTorch, threads and devices, and what to do about what is missing. Exit status 3 when something essential is.',
  examples: [{ does: 'look', line: 'hyperlift doctor' }],
  options: {},
});

const marks: Record<Finding['state'], string> = { good: 'ok     ', note: 'note   ', missing: 'MISSING' };

function show({ findings, ok }: Diagnosis, console: Console): void {
  const width = Math.max(...findings.map(({ topic }) => topic.length));
  for (const { topic, state, text, advice } of findings) {
    console.print(`${marks[state]} ${topic.padEnd(width)}  ${text}`);
    if (advice !== undefined) console.print(`${' '.repeat(width + 10)}${advice}`);
  }
  console.print(ok ? 'all that is needed is here' : 'something is missing: see MISSING above');
}

/** `hyperlift doctor` */
export const command = defineCommand(table, async (_options, console) => {
  const { diagnose } = await import('../libtorch/index.js');
  const diagnosis = await diagnose({
    runtime: async () => {
      const { native } = await import('../native/index.js');
      const addon = native();
      return { libtorch: addon.versions().libtorch, threads: addon.threads(), devices: addon.devices() };
    },
  });
  if (console.json) console.event(diagnosis);
  else show(diagnosis, console);
  return diagnosis.ok ? exitCodes.ok : exitCodes.environment;
});
