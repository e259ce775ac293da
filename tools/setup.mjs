#!/usr/bin/env node
/** Set-up, used by every npm script: node modules, TypeScript, LibTorch, addon; each step skipped when up to date. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureAddon } from './steps/addon.mjs';
import { ensureLibTorch } from './steps/libtorch.mjs';
import { withLock } from './steps/lock.mjs';
import { ensureModules } from './steps/node-modules.mjs';
import { runTool, say, secondsSince, ToolError } from './steps/say.mjs';
import { ensureTypeScript } from './steps/typescript.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new ToolError(`hyperlift needs Node 20.19 or newer; this is ${process.versions.node}`);
}

/** Brings the clone into a state in which everything runs.
 * @param options.native false leaves out LibTorch and the addon.
 * @returns the LibTorch that the addon is built against (null without `native`). */
export async function ensureReady({ native = true } = {}) {
  checkNode();
  return withLock(join(root, '.cache', 'setup.lock'), async () => {
    // The published package comes compiled and without a lock file; only its addon can be built again, for another
    // LibTorch, with cmake-js and node-addon-api installed beside it.
    if (existsSync(join(root, 'package-lock.json'))) {
      await ensureModules(root);
      await ensureTypeScript(root);
    }
    if (!native) return null;
    const libtorch = await ensureLibTorch(root);
    await ensureAddon(root, libtorch);
    return libtorch;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runTool(async () => {
    const start = performance.now();
    const libtorch = await ensureReady();
    say(`Ready (${secondsSince(start)}): ${libtorch.why}`);
  });
}
