import { execFile, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Report, Task } from './child.js';

/** What is asked for. */
export interface FuzzOptions {
  seed: number;
  /** Number of the first input, and how many; as many as fit into `minutes` where that is given. */
  first: number;
  inputs: number;
  minutes?: number;
  /** Processes side by side. */
  processes: number;
  /** Damaged copies of the real files too. */
  real: boolean;
  /** An empty folder; inputs that are handled wrongly stay there. */
  folder: string;
  onProgress?: (result: FuzzResult) => void;
}

/** An input that was handled wrongly. */
export interface FuzzFailure {
  input: number;
  name: string;
  what: string;
}

/** What came of it. */
export interface FuzzResult {
  tried: number;
  read: number;
  refused: number;
  failures: FuzzFailure[];
  /** The slowest input, and the greatest memory of a process beyond what it has when it is ready, in MiB. */
  slowest: { name: string; milliseconds: number };
  memory: number;
}

/** A reader that takes longer hangs. */
const longest = 20_000;
/** Address space that a process may take beyond what it has when it is ready: claims of a header must not be believed. */
const mostBytes = 2 ** 31;

/** Bounds the address space of a process; false where that cannot be done. */
async function bound(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const now = Number(/VmSize:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  if (!Number.isFinite(now)) return false;
  return new Promise((resolve) => {
    execFile('prlimit', [`--pid=${pid}`, `--as=${now + mostBytes}`], (error) => resolve(error === null));
  });
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

interface Pass {
  /** The input at which the process ended or was ended; null when it went through all. */
  stoppedAt: number | null;
  /** Whether it ever was ready. */
  ready: boolean;
}

/** One process until it is through, crashes, hangs or the time is up. */
function runProcess(task: Task, until: number, result: FuzzResult): Promise<Pass> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--max-old-space-size=1024'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    let said = '';
    child.stderr?.on('data', (part) => {
      said = `${said}${part}`.slice(-2000);
    });
    let [under, ready, through]: [{ input: number; name: string } | null, boolean, boolean] = [
      null,
      false,
      false,
    ];
    let atReady = 0;
    let clock: NodeJS.Timeout | undefined;
    const fail = (what: string): void => {
      result.failures.push({ input: under?.input ?? -1, name: under?.name ?? 'the start', what });
    };
    child.on('message', async (report: Report) => {
      clearTimeout(clock);
      if (report.type === 'ready') {
        ready = true;
        for (const what of report.notSound) result.failures.push({ input: -1, name: 'a sound file', what });
        atReady = await peakOf(child.pid ?? 0);
        await bound(child.pid ?? 0);
      } else if (report.type === 'begin') {
        under = report;
        clock = setTimeout(() => {
          fail(`no end after ${longest / 1000} s`);
          under = null;
          child.kill('SIGKILL');
        }, longest);
      } else if (report.type === 'end') {
        count(report, under?.name ?? '', result);
        under = null;
        if (report.input % 100 < task.step) {
          result.memory = Math.max(result.memory, (await peakOf(child.pid ?? 0)) - atReady);
        }
        last = report.input;
        if (Date.now() > until) child.kill('SIGKILL');
      } else {
        through = true;
        clock = setTimeout(() => {
          fail(`the process did not end within ${longest / 1000} s of its last input`);
          child.kill('SIGKILL');
        }, longest);
      }
    });
    let last = task.first - task.step;
    child.on('exit', (code, signal) => {
      clearTimeout(clock);
      const stopped =
        through || (Date.now() > until && under === null) ? null : (under?.input ?? last + task.step);
      if (under !== null || !ready) fail(`the process ended (${signal ?? code}): ${said}`);
      resolve({ stoppedAt: stopped, ready });
    });
    child.send(task);
  });
}

function count(report: Extract<Report, { type: 'end' }>, name: string, result: FuzzResult): void {
  result.tried++;
  if (report.outcome === 'read') result.read++;
  if (report.outcome === 'refused') result.refused++;
  if (report.outcome === 'wrong') result.failures.push({ input: report.input, name, what: report.text });
  if (report.milliseconds > result.slowest.milliseconds) {
    result.slowest = { name: `${name} (input ${report.input})`, milliseconds: report.milliseconds };
  }
}

/** Reads damaged copies of sound files: each must end with an error of ours that names it, or with a cube that agrees with itself,
 * within bounded time and memory. Input n of a seed is the same in every run. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, first, processes, real, folder, minutes, onProgress } = options;
  const until = minutes === undefined ? Infinity : Date.now() + minutes * 60_000;
  const end = minutes === undefined ? first + options.inputs : Number.MAX_SAFE_INTEGER;
  const result: FuzzResult = {
    tried: 0,
    read: 0,
    refused: 0,
    failures: [],
    slowest: { name: '', milliseconds: 0 },
    memory: 0,
  };
  const clock = setInterval(() => onProgress?.(result), 15_000);
  const lane = async (offset: number): Promise<void> => {
    for (let next = first + offset; next < end && Date.now() < until; ) {
      const task = { seed, real, folder, first: next, step: processes, end };
      const { stoppedAt, ready } = await runProcess(task, until, result);
      if (stoppedAt === null || !ready) return;
      next = stoppedAt + processes;
    }
  };
  await Promise.all(Array.from({ length: processes }, (_, offset) => lane(offset)));
  clearInterval(clock);
  return result;
}
