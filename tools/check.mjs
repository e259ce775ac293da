#!/usr/bin/env node
/** `npm run check [-- --no-tidy --no-tests]`: format, lint, types, borders and tests, in that order; the same here and
 * in CI. Every step runs even when one before it failed; the exit status tells. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureReady, root } from './setup.mjs';
import { clangTidy } from './steps/clang-tidy.mjs';
import { filesBelow } from './steps/fingerprint.mjs';
import { runProgram } from './steps/run-program.mjs';
import { runTool, say, secondsSince, ToolError } from './steps/say.mjs';

const bin = (name) => createRequire(join(root, 'package.json')).resolve(name);
const node = (script, ...args) => runProgram(process.execPath, [script, ...args], { cwd: root });

/** Biome formats and lints; warnings fail. */
function biome() {
  return node(bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--colors=off');
}

function clangFormat() {
  const files = filesBelow(root, ['cpp', 'test/cpp'], (name) => /\.(h|cpp)$/.test(name));
  return node(bin('clang-format'), '--dry-run', '-Werror', ...files);
}

/** The whole project at once; the set-up has compiled it before, so this is quick. */
function types() {
  return node(bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit');
}

function documentation() {
  // Its package exports no program file, only package.json.
  const program = join(dirname(bin('typedoc/package.json')), 'bin', 'typedoc');
  return node(program, '--emit', 'none', '--logLevel', 'Warn');
}

const tests = (...filters) => node(join(root, 'tools', 'test.mjs'), ...filters);

await runTool(async () => {
  const { values } = parseArgs({
    options: { 'no-tidy': { type: 'boolean' }, 'no-tests': { type: 'boolean' } },
  });
  const libtorch = await ensureReady().catch((error) => {
    if (!(error instanceof ToolError)) throw error;
    say(error.message);
    return null;
  });
  const steps = [
    ['Biome: format and lint', biome],
    ['clang-format', clangFormat],
    ['TypeScript', types],
    ['Documentation of every export', documentation],
    ...(values['no-tidy'] ? [] : [['clang-tidy', () => clangTidy(root, libtorch)]]),
    values['no-tests'] ? ['Borders', () => tests('test/ts/borders')] : ['Borders and tests', () => tests()],
  ];
  const failed = libtorch === null ? ['set-up'] : [];
  for (const [title, step] of steps) {
    const start = performance.now();
    say(`== ${title}`);
    const { status } = await step();
    say(`== ${title}: ${status === 0 ? 'good' : 'FAILED'} (${secondsSince(start)})`);
    if (status !== 0) failed.push(title);
  }
  say(failed.length === 0 ? 'Everything is good' : `Failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
});
