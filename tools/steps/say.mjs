/** What the tools print: plain lines on standard error, so that standard output belongs to the command itself. */

/** Ends the program with one sentence and no stack trace. */
export class ToolError extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a tool's main function: its own errors are one sentence, anything else keeps its stack trace. */
export async function runTool(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const expected = error instanceof ToolError || /^(LIBTORCH|ADDON|DATA)_/.test(String(error?.code));
    say(expected ? `hyperlift: ${error.message}` : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}

/** Seconds since `start` (a `performance.now()`), for people. */
export function secondsSince(start) {
  const seconds = (performance.now() - start) / 1000;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
