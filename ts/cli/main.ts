#!/usr/bin/env node
import { HyperliftError } from '../errors.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { runCommandLine } from './run-command.js';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A mistake of ours, not of the user's. */
function unexpected(error: unknown): string {
  return `an error that hyperlift did not expect: ${messageOf(error)}; --verbose shows where, please report it`;
}

/** One line for people; the stack too with --verbose. */
function report(error: unknown, argv: readonly string[]): void {
  const ours = error instanceof HyperliftError;
  const code = ours ? ` (${error.code})` : '';
  const message = ours || exitCodeOf(error) === exitCodes.aborted ? messageOf(error) : unexpected(error);
  process.stderr.write(`hyperlift: ${message.replaceAll(/\s*\n\s*/g, ' ')}${code}\n`);
  if (argv.includes('--verbose') && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
    if (error.cause !== undefined) process.stderr.write(`caused by ${String(error.cause)}\n`);
  }
}

const argv = process.argv.slice(2);
// A reader that closes the pipe early (head) ends the program quietly instead of with EPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed);
});
runCommandLine(argv).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    report(error, argv);
    process.exitCode = exitCodeOf(error);
  },
);
