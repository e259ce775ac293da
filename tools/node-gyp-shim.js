#!/usr/bin/env node
/** What prebuildify (and binding.gyp) starts in place of node-gyp: the addon comes from our one CMake build and is put
 * where they look for it. Their arguments name headers and targets that a Node-API addon does not depend on. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureReady, root } from './setup.mjs';
import { runTool } from './steps/say.mjs';

await runTool(async () => {
  await ensureReady();
  const release = join(root, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  copyFileSync(join(root, 'out', 'Release', 'hyperlift.node'), join(release, 'hyperlift.node'));
});
