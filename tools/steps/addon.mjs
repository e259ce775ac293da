import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesBelow, fingerprint } from './fingerprint.mjs';
import { runProgram, versionOf } from './run-program.mjs';
import { say, secondsSince, ToolError } from './say.mjs';

const memoryOfOneCompiler = 1.8e9;

/** The C++ compiler and cmake, or a sentence that says what to install. */
export function findCompiler() {
  const compiler = process.env.CXX || 'c++';
  const compilerVersion = versionOf(compiler);
  const cmakeVersion = versionOf('cmake');
  const missing = [
    compilerVersion === null && `a C++ compiler with C++20 (\`${compiler}\` was not found)`,
    cmakeVersion === null && 'cmake 3.20 or newer',
  ].filter(Boolean);
  if (missing.length > 0) {
    throw new ToolError(
      `building the addon needs ${missing.join(' and ')}. Debian and Ubuntu: apt install build-essential cmake ` +
        'ninja-build; Fedora: dnf install gcc-c++ cmake ninja-build; macOS: xcode-select --install, brew install cmake',
    );
  }
  return `${compilerVersion}; ${cmakeVersion}`;
}

function moduleVersion(root, name) {
  try {
    return createRequire(join(root, 'package.json'))(`${name}/package.json`).version;
  } catch {
    throw new ToolError(
      `building the addon needs the package ${name}: npm install --save-dev cmake-js node-addon-api`,
    );
  }
}

/** What the addon depends on: sources, LibTorch, compiler, Node-API headers. */
function addonStamp(root, libtorch) {
  const files = filesBelow(root, ['cpp', 'CMakeLists.txt']);
  const tools = ['cmake-js', 'node-addon-api'].map((name) => moduleVersion(root, name));
  return fingerprint(root, files, libtorch.folder, libtorch.version, findCompiler(), ...tools);
}

/** What CMake was configured with; another LibTorch or compiler needs an empty build folder. */
function configuration(libtorch) {
  return `${libtorch.folder} ${libtorch.version} ${findCompiler()}`;
}

function readFacts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Builds the addon into out/Release unless it is up to date, and writes beside it what was built (hyperlift.json):
 * the loader and doctor read from it which LibTorch and which system libraries it needs. */
export async function ensureAddon(root, libtorch) {
  const release = join(root, 'out', 'Release');
  const addon = join(release, 'hyperlift.node');
  const facts = join(release, 'hyperlift.json');
  const known = readFacts(facts);
  const stamp = addonStamp(root, libtorch);
  // The time tells a build made by hand, of other sources, from ours.
  if (existsSync(addon) && known.stamp === stamp && known.built === statSync(addon).mtimeMs) return;
  if (known.configuration !== configuration(libtorch))
    rmSync(join(root, 'out'), { recursive: true, force: true });
  await build(root, libtorch);
  const elf = await import(pathToFileURL(join(root, 'dist', 'ts', 'libtorch', 'elf.js')).href);
  const floor = process.platform === 'linux' ? elf.readElfNeeds(addon).versions : {};
  const built = statSync(addon).mtimeMs;
  const written = { libtorch: libtorch.version, floor, configuration: configuration(libtorch), stamp, built };
  writeFileSync(facts, `${JSON.stringify(written, null, 2)}\n`);
}

async function build(root, libtorch) {
  const start = performance.now();
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / memoryOfOneCompiler)));
  say(`Building the addon with ${jobs} compilers at once; the first time takes minutes`);
  const cmakeJs = createRequire(join(root, 'package.json')).resolve('cmake-js/bin/cmake-js');
  const common = ['--out', 'out', '--parallel', String(jobs), `--CDLIBTORCH=${libtorch.folder}`];
  let log = '';
  for (const command of ['configure', 'build']) {
    const { status, output } = await runProgram(process.execPath, [cmakeJs, command, ...common], {
      cwd: root,
      onOutput: showProgress(),
    });
    log += output;
    if (status !== 0) {
      mkdirSync(join(root, 'out'), { recursive: true });
      writeFileSync(join(root, 'out', 'build.log'), log);
      throw new ToolError(`the addon was not built (all of it in out/build.log):\n${errorsOf(output)}`);
    }
  }
  say(`The addon is built (${secondsSince(start)})`);
}

/** ninja's and make's counts: a line that is rewritten on a terminal, one line every 20 seconds elsewhere. */
function showProgress() {
  let last = performance.now();
  return (line) => {
    const count = /^\[\s*(\d+\/\d+|\d+%)\]/.exec(line)?.[1];
    if (count === undefined) return;
    if (process.stderr.isTTY) process.stderr.write(`\r  compiled ${count} \r`);
    else if (performance.now() - last > 20_000) {
      last = performance.now();
      say(`  compiled ${count}`);
    }
  };
}

function errorsOf(output) {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => /\berror\b|CMake Error|FAILED/i.test(line));
  return lines.slice(Math.max(0, first), Math.max(0, first) + 40).join('\n');
}
