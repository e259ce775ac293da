import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runProgram } from './run-program.mjs';
import { say, secondsSince, ToolError } from './say.mjs';

const secondsBetweenTries = [5, 20];

/** Whether what npm says it installed is what package-lock.json asks for. Optional packages of other platforms are
 * not installed, which is as it should be. */
export function areModulesCurrent(root) {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const { '': _root, ...wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    const there = installed[path];
    return there === undefined ? optional === true || devOptional === true : there.version === version;
  });
}

/** Exactly what the lock file asks for; where that does not fit package.json (a registry that lacks a package of
 * another platform makes npm leave it out of the lock), what both ask for together, without writing either. */
const ways = ['ci', 'install'];
const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs node modules when package-lock.json asks for others than are there. No dependency's install script runs:
 * none is needed. */
export async function ensureModules(root) {
  if (areModulesCurrent(root)) return;
  say('Installing node modules');
  const start = performance.now();
  // npm names its own script when it started us; otherwise the one on PATH is taken.
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const run = (way) => runProgram(program, [...first, way, ...options], { cwd: root, onOutput: () => {} });
  let way = 0;
  for (let attempt = 0; ; attempt++) {
    const { status, output } = await run(ways[way]);
    if (status === 0 && areModulesCurrent(root)) break;
    if (/EUSAGE/.test(output) && way === 0) {
      say('package-lock.json does not fit package.json; using npm install in place of npm ci');
      way = 1;
      continue;
    }
    const seconds = secondsBetweenTries[attempt];
    if (seconds === undefined) {
      throw new ToolError(`npm ${ways[way]} failed; its last words:\n${output.trim().slice(-2000)}`);
    }
    say(`npm ${ways[way]} did not succeed; trying again in ${seconds} s`);
    await wait(seconds * 1000);
  }
  say(`Node modules are installed (${secondsSince(start)})`);
}
