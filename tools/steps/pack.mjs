import { runProgram } from './run-program.mjs';
import { ToolError } from './say.mjs';

/** `npm pack` of one folder into another; no script runs.
 * @returns the tarball's name. */
export async function npmPack(source, destination) {
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', destination];
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const { status, output } = await runProgram(program, [...first, ...args], {
    cwd: source,
    onOutput: () => {},
  });
  const name = /"filename":\s*"([^"]+)"/.exec(output)?.[1];
  if (status !== 0 || name === undefined)
    throw new ToolError(`npm pack failed in ${source}:\n${output.trim()}`);
  return name;
}

/** The package with LibTorch's CPU libraries for this machine. */
export function platformPackageName() {
  return `hyperlift-libtorch-${process.platform}-${process.arch}-cpu`;
}
