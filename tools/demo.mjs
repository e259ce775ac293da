#!/usr/bin/env node
/** `npm run demo`: set-up, then the demo of ts/demo; arguments are passed on. */
import { join } from 'node:path';
import { ensureReady, root } from './setup.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool } from './steps/say.mjs';

await runTool(async () => {
  await ensureReady();
  const demo = join(root, 'dist', 'ts', 'demo', 'main.js');
  return (await runProgram(process.execPath, [demo, ...process.argv.slice(2)])).status;
});
