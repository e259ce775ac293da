import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { filesBelow, fingerprint } from './fingerprint.mjs';
import { runProgram, versionOf } from './run-program.mjs';
import { say, ToolError } from './say.mjs';

const programs = ['clang-tidy-15', 'clang-tidy-16', 'clang-tidy'];

/** Files of one folder go through as one, this many at most: LibTorch's headers take most of the time of each. */
const filesAtOnce = 8;

/** Runs clang-tidy over our C++, as much of it as has changed since its last clean result. Says aloud when there is no
 * clang-tidy; that is no failure. */
export async function clangTidy(root, libtorch) {
  const program = programs.find((name) => versionOf(name) !== null);
  if (program === undefined || libtorch === null) {
    const lack =
      libtorch === null ? 'the set-up failed' : 'it is not installed (Debian: apt install clang-tidy-15)';
    say(`clang-tidy was NOT run: ${lack}`);
    return { status: libtorch === null ? 1 : 0 };
  }
  const folder = join(root, 'out-tidy');
  const commands = await compileCommands(root, folder, libtorch);
  const cacheFile = join(root, '.cache', 'clang-tidy.json');
  const clean = new Set(readJson(cacheFile) ?? []);
  const shared = sharedState(root, program, libtorch);
  const groups = groupByFolder(root, [...commands.keys()]).map((files) => ({
    files,
    state: fingerprint(
      root,
      files.map((file) => relative(root, file)),
      shared,
    ),
  }));
  const left = groups.filter(({ state }) => !clean.has(state));
  say(
    `${groups.length - left.length} of ${groups.length} groups of files are unchanged since they were clean`,
  );
  let status = 0;
  const worker = async () => {
    for (let group = left.shift(); group !== undefined; group = left.shift()) {
      const passed = await tidyGroup(root, program, folder, group.files, commands);
      if (passed) clean.add(group.state);
      else status = 1;
      writeFileSync(
        cacheFile,
        JSON.stringify([...clean].filter((state) => groups.some((known) => known.state === state))),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return { status };
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** A header that changes changes what every file means. */
function sharedState(root, program, libtorch) {
  const headers = filesBelow(root, ['cpp', '.clang-tidy'], (name) => !name.endsWith('.cpp'));
  return fingerprint(root, headers, versionOf(program), libtorch.version);
}

/** How each file is compiled, as CMake writes it down; without a precompiled header, which is the compiler's own. */
async function compileCommands(root, folder, libtorch) {
  const cmakeJs = createRequire(join(root, 'package.json')).resolve('cmake-js/bin/cmake-js');
  const settings = [
    '--CDHYPERLIFT_PCH=OFF',
    '--CDCMAKE_EXPORT_COMPILE_COMMANDS=ON',
    `--CDLIBTORCH=${libtorch.folder}`,
  ];
  const { status, output } = await runProgram(
    process.execPath,
    [cmakeJs, 'configure', '--out', folder, ...settings],
    {
      cwd: root,
      onOutput: () => {},
    },
  );
  if (status !== 0) throw new ToolError(`CMake could not be configured for clang-tidy:\n${output.trim()}`);
  const commands = JSON.parse(readFileSync(join(folder, 'compile_commands.json'), 'utf8'));
  return new Map(commands.map(({ file, command }) => [file, command]));
}

function groupByFolder(_root, files) {
  const folders = new Map();
  for (const file of files.sort()) {
    const group = folders.get(dirname(file)) ?? [];
    folders.set(dirname(file), [...group, file]);
  }
  return [...folders.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / filesAtOnce) }, (_, i) =>
      group.slice(i * filesAtOnce, (i + 1) * filesAtOnce),
    ),
  );
}

/** Includes and definitions of a compile command; the rest is the other compiler's. */
function argumentsOf(command) {
  const words = command.split(/\s+/);
  const kept = ['-std=c++20', '-x', 'c++'];
  words.forEach((word, index) => {
    if (/^-(I|D)./.test(word)) kept.push(word);
    if (word === '-isystem') kept.push(word, words[index + 1]);
  });
  return kept;
}

/** Clean files of a folder together; when that does not compile (two files may use one name for different things),
 * each alone. */
async function tidyGroup(root, program, folder, files, commands) {
  const together = join(
    folder,
    `${basename(dirname(files[0]))}-${fingerprint(root, [], ...files).slice(0, 8)}.cpp`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(together, files.map((file) => `#include "${file}"\n`).join(''));
  const tidy = (file) => {
    const args = ['--quiet', '--header-filter=/cpp/', file, '--', ...argumentsOf(commands.get(files[0]))];
    return runProgram(program, [`--config-file=${join(root, '.clang-tidy')}`, ...args], {
      cwd: root,
      onOutput: () => {},
    });
  };
  let outcomes = [await tidy(together)];
  if (/clang-diagnostic-error/.test(outcomes[0].output) && files.length > 1) {
    outcomes = [];
    for (const file of files) outcomes.push(await tidy(file));
  }
  for (const { output, status } of outcomes) if (status !== 0) say(output.trim());
  return outcomes.every(({ status }) => status === 0);
}
