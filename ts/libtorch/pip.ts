import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The ways to start pip, first one that exists wins. */
const starters: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['python', '-m', 'pip'],
];

/** A wheel that pip has put into a folder, or why it did not. */
export type PipOutcome = { wheel: string } | { failure: string };

interface Ended {
  status: number | null;
  output: string;
}

function start(command: string, args: readonly string[], signal?: AbortSignal): Promise<Ended | 'not there'> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'not there' : { status: null, output: error.message });
    });
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** Runs `pip download` for one requirement into `folder`. The wheel is only ever read as a zip, so which Python it is
 * for does not matter. */
export async function pipDownload(
  requirement: string,
  folder: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<PipOutcome> {
  const args = [
    'download',
    '--no-deps',
    '--disable-pip-version-check',
    '--dest',
    folder,
    ...options,
    requirement,
  ];
  for (const [command, ...first] of starters) {
    const ended = await start(command, [...first, ...args], signal);
    if (ended === 'not there' || /No module named pip/.test(ended.output)) continue;
    const wheel = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.whl'));
    if (ended.status === 0 && wheel !== undefined) return { wheel: join(folder, wheel) };
    const lines = ended.output.split('\n').filter((line) => /^ERROR|error:/i.test(line));
    return { failure: (lines.at(-1) ?? `pip ended with ${ended.status}`).trim() };
  }
  return { failure: 'pip is not installed (Debian and Ubuntu: apt install python3-pip)' };
}
