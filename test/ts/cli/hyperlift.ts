import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../ts/package-root.js';

/** What a command line did. */
export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built CLI in a process of its own, with one thread: several tests may run beside it. */
export function hyperlift(
  argv: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(packageRoot(), 'dist/ts/cli/main.js'), ...argv], {
      cwd,
      env: { ...process.env, OMP_NUM_THREADS: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outcome: Outcome = { status: null, stdout: '', stderr: '' };
    child.stdout.on('data', (bytes) => {
      outcome.stdout += bytes;
    });
    child.stderr.on('data', (bytes) => {
      outcome.stderr += bytes;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...outcome, status }));
  });
}
