import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from './run-program.mjs';
import { say, ToolError } from './say.mjs';

/** Fills prebuilds/<platform>-<arch> by prebuildify and writes beside the addon which LibTorch it is for and which
 * system libraries it asks for, both read off the addon itself or the folder it was built against. */
export async function makePrebuild(root, libtorch) {
  const load = (name) => import(pathToFileURL(join(root, 'dist', 'ts', 'libtorch', name)).href);
  const { ownVersion } = await load('places.js');
  if (libtorch.version !== ownVersion()) {
    throw new ToolError(
      `prebuilds are for LibTorch ${ownVersion()}, and the one in use is ${libtorch.version} (${libtorch.folder}): unset ` +
        'LIBTORCH or undo `hyperlift libtorch use`',
    );
  }
  const place = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  rmSync(place, { recursive: true, force: true });
  const prebuildify = createRequire(join(root, 'package.json')).resolve('prebuildify/bin.js');
  const shim = join(root, 'tools', 'node-gyp-shim.js');
  const { status, output } = await runProgram(
    process.execPath,
    [prebuildify, '--napi', '--strip', '--node-gyp', shim],
    {
      cwd: root,
      onOutput: () => {},
    },
  );
  if (status !== 0) throw new ToolError(`prebuildify failed:\n${output.trim()}`);
  rmSync(join(root, 'build'), { recursive: true, force: true });
  const { readElfNeeds } = await load('elf.js');
  const { versions, libraries } = readElfNeeds(join(place, 'hyperlift.node'));
  const facts = { libtorch: libtorch.version, floor: versions, libraries };
  writeFileSync(join(place, 'hyperlift.json'), `${JSON.stringify(facts, null, 2)}\n`);
  say(
    `Prebuilt for LibTorch ${libtorch.version}; needs GLIBC ${versions.GLIBC} and GLIBCXX ${versions.GLIBCXX}`,
  );
}
