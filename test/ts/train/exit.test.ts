import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import test from 'tape';

const script = new URL('./endless-training.js', import.meta.url);

async function endOf(how: string): Promise<{ code: number | null; signal: string | null; errors: string }> {
  const child = spawn(process.execPath, [fileURLToPath(script), how], {
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += String(data);
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, errors };
}

test('process.exit in the middle of a training keeps its exit code', async (t) => {
  const { code, signal, errors } = await endOf('exit');
  t.equal(signal, null, errors);
  t.equal(code, 3);
});

test('an uncaught error in the middle of a training ends the process as usual', async (t) => {
  const { code, signal, errors } = await endOf('throw');
  t.equal(signal, null);
  t.equal(code, 1);
  t.match(errors, /thrown in the middle of a training/);
});

test('a worker can be terminated in the middle of its training', async (t) => {
  const worker = new Worker(script, { workerData: 'wait' });
  const [message] = await once(worker, 'message');
  t.equal(message, 'training');
  t.equal(await worker.terminate(), 1);
});
