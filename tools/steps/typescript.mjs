import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, fingerprint, readStamp, writeStamp } from './fingerprint.mjs';
import { runProgram } from './run-program.mjs';
import { say, secondsSince, ToolError } from './say.mjs';

/** When the compiler last wrote: somebody may have run it by hand on other sources. */
function lastCompiled(root) {
  const info = join(root, 'dist', '.tsbuildinfo');
  return existsSync(info) ? statSync(info).mtimeMs : 'never';
}

/** Compiles the TypeScript of library, tests and benches into dist/, unless nothing changed. */
export async function ensureTypeScript(root) {
  const files = filesBelow(root, ['ts', 'test', 'bench', 'tsconfig.json', 'package-lock.json'], (name) =>
    /\.(ts|json)$/.test(name),
  ).filter((name) => /\.ts$|^tsconfig|^package-lock/.test(name));
  const stamp = join(root, 'dist', '.stamp');
  const now = fingerprint(root, files);
  if (readStamp(stamp) === `${now} ${lastCompiled(root)}`) return;
  say('Compiling TypeScript');
  const start = performance.now();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, output } = await runProgram(process.execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: root,
    onOutput: () => {},
  });
  if (status !== 0) throw new ToolError(`TypeScript does not compile:\n${output.trim()}`);
  const command = join(root, 'dist', 'ts', 'cli', 'main.js');
  if (existsSync(command)) chmodSync(command, 0o755);
  writeStamp(stamp, `${now} ${lastCompiled(root)}`);
  say(`TypeScript is compiled (${secondsSince(start)})`);
}
