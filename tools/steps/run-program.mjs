import { spawn, spawnSync } from 'node:child_process';

/** First line of `program --version`, or null when it cannot be started. */
export function versionOf(program, args = ['--version']) {
  const { status, stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error || status !== 0) return null;
  return stdout.split('\n')[0].trim();
}

/** Starts a program and waits for it.
 * @param options.onOutput gets each line; without it the program writes to our own output.
 * @param options.timeout milliseconds after which it is killed.
 * @returns its exit status and what it wrote. */
export function runProgram(program, args, { cwd, env, onOutput, timeout } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio,
      timeout,
      killSignal: 'SIGKILL',
    });
    let output = '';
    if (onOutput !== undefined) {
      for (const stream of [child.stdout, child.stderr]) {
        let rest = '';
        stream.setEncoding('utf8').on('data', (text) => {
          output += text;
          const lines = (rest + text).split('\n');
          rest = lines.pop();
          for (const line of lines) onOutput(line);
        });
        stream.on('end', () => rest !== '' && onOutput(rest));
      }
    }
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? 1, signal, output }));
  });
}
