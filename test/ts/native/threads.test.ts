import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import test from 'tape';
import { ones, setThreads, threads } from '../../../ts/tensor/index.js';

const script = new URL('./worker-script.js', import.meta.url);
const exitScript = new URL('./exit-script.js', import.meta.url);

interface Answer {
  value: number;
  tensors: number;
}

async function answerOf(seed: number): Promise<Answer> {
  const worker = new Worker(script, { workerData: { seed, endless: false } });
  // Listened to before the answer: on a busy machine both come at once.
  const ended = once(worker, 'exit');
  const [answer] = (await once(worker, 'message')) as [Answer];
  const [code] = (await ended) as [number];
  if (code !== 0) throw new RangeError(`the worker ended with ${code}`);
  return answer;
}

test('three workers compute at once, each with its own queue and count', async (t) => {
  const answers = await Promise.all([answerOf(1), answerOf(1), answerOf(2)]);
  t.ok(Number.isFinite(answers[0]?.value), `value ${answers[0]?.value}`);
  t.equal(answers[0]?.value, answers[1]?.value, 'the same seed gives the same value');
  t.notEqual(answers[0]?.value, answers[2]?.value, 'another seed another');
  t.deepEqual(
    answers.map((answer) => answer.tensors),
    [0, 0, 0],
    'and nothing is left in any',
  );
});

test('terminating workers that compute harms nobody', async (t) => {
  for (let turn = 0; turn < 2; turn++) {
    const workers = [1, 2].map((seed) => new Worker(script, { workerData: { seed, endless: true } }));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const codes = await Promise.all(workers.map((worker) => worker.terminate()));
    t.deepEqual(codes, [1, 1], 'terminated, not crashed');
  }
  t.ok(Number.isFinite((await answerOf(3)).value), 'a later worker computes');
});

async function exitOf(mode: string): Promise<{ code: number | null; signal: string | null; errors: string }> {
  const child = spawn(process.execPath, [exitScript.pathname, mode], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, errors };
}

const exits: [mode: string, code: number, title: string][] = [
  ['exit', 7, 'process.exit() in mid-computation'],
  ['throw', 1, 'an uncaught throw in mid-computation'],
  ['workers', 8, 'process.exit() of the main thread while two workers compute'],
  ['worker-exit', 0, 'process.exit() within a worker that computes'],
  ['natural', 0, 'an ordinary end right after the last result'],
  ['pending', 0, 'an ordinary end waits for what is queued'],
];

for (const [mode, code, title] of exits) {
  test(`${title} gives exit code ${code}`, async (t) => {
    const found = await exitOf(mode);
    t.deepEqual([found.code, found.signal], [code, null], found.errors.slice(0, 300));
    if (mode === 'throw') t.match(found.errors, /on purpose/, 'the throw is what is reported');
  });
}

test('helpers that wait for nothing are sent away', { skip: process.platform !== 'linux' }, async (t) => {
  const living = (): number => readdirSync('/proc/self/task').length;
  const usual = threads();
  setThreads(3);
  const x = ones([1000, 1000]);
  (await x.add(1)).dispose();
  await delay(500);
  const idle = living();
  let most = 0;
  for (let i = 0; i < 50; i++) {
    (await x.add(1)).dispose();
    most = Math.max(most, living());
  }
  t.ok(most >= idle + 2, `${most} threads while operations run in parallel, ${idle} before`);
  for (let i = 0; living() > idle && i < 100; i++) await delay(50);
  t.equal(living(), idle, 'as many as before a moment later');
  x.dispose();
  setThreads(usual);
});
