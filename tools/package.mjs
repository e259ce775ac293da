#!/usr/bin/env node
/** `npm run package`: prebuilds/ through prebuildify, then two tarballs in out/package (hyperlift, and the platform
 * package with LibTorch's CPU libraries), then the install test. `--no-test` leaves the test out, `--test` does nothing
 * else. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureReady, root } from './setup.mjs';
import { packHyperlift } from './steps/pack-hyperlift.mjs';
import { packPlatform } from './steps/pack-platform.mjs';
import { makePrebuild } from './steps/prebuild.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool, say, secondsSince, ToolError } from './steps/say.mjs';

const folder = join(root, 'out', 'package');

async function makeTarballs() {
  // What a deleted or renamed source left behind must not be published.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const libtorch = await ensureReady();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await makePrebuild(root, libtorch);
  for (const pack of [packHyperlift, packPlatform]) {
    const start = performance.now();
    const tarball = await pack(root, folder, libtorch);
    say(`${tarball}: ${(statSync(join(folder, tarball)).size / 1e6).toFixed(1)} MB (${secondsSince(start)})`);
  }
}

async function testTarballs() {
  const tarballs = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name.endsWith('.tgz'));
  if (tarballs.length !== 2)
    throw new ToolError('out/package does not hold the two tarballs: run npm run package');
  const test = join(root, 'test', 'install', 'install-test.mjs');
  return (await runProgram(process.execPath, [test, ...tarballs.map(({ name }) => join(folder, name))]))
    .status;
}

await runTool(async () => {
  const { values } = parseArgs({ options: { test: { type: 'boolean' }, 'no-test': { type: 'boolean' } } });
  if (!values.test) await makeTarballs();
  return values['no-test'] ? 0 : await testTarballs();
});
