#!/usr/bin/env node
/** `npm run fuzz`: set-up, then damaged files through every reader; arguments are passed on. */
import { join } from 'node:path';
import { ensureReady, root } from './setup.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool } from './steps/say.mjs';

await runTool(async () => {
  await ensureReady();
  const fuzz = join(root, 'dist', 'test', 'fuzz', 'main.js');
  return (await runProgram(process.execPath, [fuzz, ...process.argv.slice(2)])).status;
});
