import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { npmPack, platformPackageName } from './pack.mjs';
import { runProgram, versionOf } from './run-program.mjs';
import { say, ToolError } from './say.mjs';

/** The libraries that hyperlift's addon and its own needs ask for; libtorch.so itself is an empty door to them. */
const libraries = ['libtorch_cpu.so', 'libc10.so', 'libgomp.so.1', 'libtorch.so'];

/** Packs LibTorch's CPU libraries, stripped, with its licences: what npm installs beside hyperlift on this platform. */
export async function packPlatform(root, folder, libtorch) {
  if (libtorch.cuda !== null) throw new ToolError(`the platform package is for CPUs; ${libtorch.why} is not`);
  if (versionOf('strip') === null)
    throw new ToolError('packing needs `strip` (Debian and Ubuntu: apt install binutils)');
  const copy = join(folder, 'platform');
  mkdirSync(join(copy, 'lib'), { recursive: true });
  for (const name of libraries) {
    const target = join(copy, 'lib', name);
    copyFileSync(join(libtorch.lib, name), target);
    const { status, output } = await runProgram('strip', ['--strip-unneeded', target], {
      onOutput: () => {},
    });
    if (status !== 0) throw new ToolError(`${name} could not be stripped: ${output.trim()}`);
  }
  copyFileSync(join(libtorch.folder, 'version.py'), join(copy, 'version.py'));
  cpSync(await licencesOf(root, libtorch, folder), join(copy, 'licenses'), { recursive: true });
  copyFileSync(join(copy, 'licenses', 'LICENSE'), join(copy, 'LICENSE'));
  writeFileSync(join(copy, 'README.md'), readme(libtorch));
  writeFileSync(join(copy, 'package.json'), `${JSON.stringify(describe(libtorch), null, 2)}\n`);
  return npmPack(copy, folder);
}

function describe(libtorch) {
  return {
    name: platformPackageName(),
    version: libtorch.version,
    description: `LibTorch ${libtorch.version}, CPU libraries for ${process.platform}-${process.arch}, for the package hyperlift.`,
    license: 'SEE LICENSE IN LICENSE',
    os: [process.platform],
    cpu: [process.arch],
    libc: ['glibc'],
    files: ['lib', 'licenses', 'version.py'],
  };
}

function readme(libtorch) {
  return (
    `# ${platformPackageName()}\n\nThe shared libraries of LibTorch ${libtorch.version} (CPU), unchanged but for stripped symbols, ` +
    'for the package hyperlift, which names this one among its optional dependencies. LICENSE and licenses/ hold the terms of ' +
    'PyTorch and of what is built into it.\n'
  );
}

/** The licences lie beside a LibTorch that we unpacked; for one that came another way its wheel is fetched again. */
async function licencesOf(root, libtorch, folder) {
  const there = join(libtorch.folder, 'licenses');
  if (existsSync(join(there, 'LICENSE'))) return there;
  say("Fetching the wheel once more for LibTorch's licences");
  const load = (name) => import(pathToFileURL(join(root, 'dist', 'ts', 'libtorch', name)).href);
  const { pipDownload } = await load('pip.js');
  const { unzip } = await load('unzip.js');
  const work = mkdtempSync(join(folder, 'wheel-'));
  const outcome = await pipDownload(`torch==${libtorch.version}+cpu`, work, ['--no-index']);
  if (!('wheel' in outcome)) {
    throw new ToolError(
      `${libtorch.folder} has no licenses folder and its wheel is not at hand: ${outcome.failure}`,
    );
  }
  const licences = join(folder, 'licenses');
  await unzip(
    outcome.wheel,
    licences,
    (name) => /^torch-[^/]+\.dist-info\/licenses\/(.+)$/.exec(name)?.[1] ?? null,
  );
  rmSync(work, { recursive: true, force: true });
  return licences;
}
