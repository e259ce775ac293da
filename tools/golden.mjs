#!/usr/bin/env node
/** `npm run golden -- FILE...`: set-up, then each golden file against this build, one line each; without a file, those of
 * test/golden. Status 1 when one differs. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady, root } from './setup.mjs';
import { runTool } from './steps/say.mjs';

function filesOf(given) {
  if (given.length > 0) return given.map((file) => resolve(file));
  const folder = join(root, 'test', 'golden');
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  return names.sort().map((name) => join(folder, name));
}

await runTool(async () => {
  await ensureReady();
  const { checkGolden, goldenLine } = await import(
    pathToFileURL(join(root, 'dist', 'ts', 'golden', 'index.js'))
  );
  let differing = 0;
  for (const file of filesOf(process.argv.slice(2))) {
    try {
      const result = await checkGolden(file);
      if (result.verdict === 'differs') differing += 1;
      console.log(goldenLine(result));
    } catch (error) {
      if (typeof error?.code !== 'string') throw error;
      differing += 1;
      console.log(`${file}: ${error.message}`);
    }
  }
  return differing > 0 ? 1 : 0;
});
