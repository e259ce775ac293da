#!/usr/bin/env node
/** `npm run build:native`: the addon alone, after what it needs. */
import { ensureReady } from './setup.mjs';
import { runTool } from './steps/say.mjs';

await runTool(async () => {
  await ensureReady();
});
