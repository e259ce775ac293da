#!/usr/bin/env node
/** `npm run bench`: set-up, then the benchmarks of bench/; arguments are passed on. */
import { join } from 'node:path';
import { ensureReady, root } from './setup.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool } from './steps/say.mjs';

await runTool(async () => {
  await ensureReady();
  const bench = join(root, 'dist', 'bench', 'main.js');
  return (await runProgram(process.execPath, [bench, ...process.argv.slice(2)])).status;
});
