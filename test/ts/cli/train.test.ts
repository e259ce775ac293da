import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'tape';
import { packageRoot } from '../../../ts/package-root.js';
import { inFolder, tinyFlags, writeTinyScenes } from '../train/tiny-scenes.js';
import { hyperlift } from './hyperlift.js';

/** Starts a training in a process of its own and kills it with `signal` after the checkpoint of some step. */
function stopAfter(argv: readonly string[], step: number, signal: NodeJS.Signals): Promise<number | null> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(packageRoot(), 'dist/ts/cli/main.js'), 'train', ...argv, '--json'],
    { env: { ...process.env, OMP_NUM_THREADS: '1' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // Once: the checkpoint of the stop is an event too, and a second signal ends the process at once.
  let sent = false;
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (sent || event.type !== 'checkpoint' || event.step < step) return;
      sent = true;
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status));
  });
}

const steps = 30;
const length = ['--steps', `${steps}`, '--validate-every', '10', '--checkpoint-every', '1'];

test('a run that was killed with -9 is resumed to the same bytes', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const flags = [...tinyFlags, '--data', data, ...length];
    const whole = await hyperlift(['train', ...flags, '--out', join(folder, 'whole')]);
    t.equal(whole.status, 0, whole.stderr);
    const killed = join(folder, 'killed');
    t.equal(await stopAfter([...flags, '--out', killed], 7, 'SIGKILL'), null, 'it was killed');
    const log = await readFile(join(killed, 'log.jsonl'), 'utf8');
    t.notOk(log.includes('"type":"done"'), 'before its end');
    const resumed = await hyperlift(['train', '--resume', killed]);
    t.equal(resumed.status, 0, resumed.stderr);
    for (const file of ['last.safetensors', 'best.safetensors']) {
      const [a, b] = await Promise.all(['whole', 'killed'].map((name) => readFile(join(folder, name, file))));
      t.ok(a?.equals(b ?? Buffer.alloc(0)), `${file} is equal to the byte`);
    }
  });
});

test('Ctrl-C stops after the current step with a checkpoint and status 130', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const out = join(folder, 'run');
    const flags = [...tinyFlags, '--data', data, '--steps', '5000', '--checkpoint-every', '5', '--out', out];
    t.equal(await stopAfter(flags, 5, 'SIGINT'), 130);
    const { stdout } = await hyperlift(['info', join(out, 'last.safetensors'), '--json']);
    t.ok(JSON.parse(stdout).metadata.step >= 5, 'the checkpoint is whole');
  });
});

test('train tells its progress: lines for people, events with --json', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const flags = [...tinyFlags, '--data', data, '--steps', '3'];
    const lines = await hyperlift(['train', ...flags, '--out', join(folder, 'a')]);
    t.equal(lines.status, 0, lines.stderr);
    t.match(lines.stderr, /sfformer, [\d,]+ parameters, unsupervised, 3 steps, on cpu with 1 threads/);
    t.match(lines.stderr, /100% 3\/3 steps \|.*css/);
    t.match(lines.stdout, /rootpoly, the line to beat: PSNR [\d.]+ dB/);
    t.match(lines.stdout, /best\.safetensors/);
    const events = await hyperlift(['train', ...flags, '--out', join(folder, 'b'), '--json']);
    const types = events.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    t.deepEqual([types[0], types.at(-1), events.stderr], ['start', 'done', '']);
  });
});

test('a configuration file and flags make one run, flags win', async (t) => {
  await inFolder(async (folder) => {
    const data = await writeTinyScenes(folder);
    const flags = [...tinyFlags, '--data', data, '--steps', '2'];
    await hyperlift(['train', ...flags, '--out', join(folder, 'a')]);
    const config = join(folder, 'a', 'config.json');
    const again = await hyperlift(['train', '--config', config, '--out', join(folder, 'b')]);
    t.equal(again.status, 0, again.stderr);
    const [a, b] = await Promise.all(
      ['a', 'b'].map((name) => readFile(join(folder, name, 'last.safetensors'))),
    );
    t.ok(a?.equals(b ?? Buffer.alloc(0)), 'config.json repeats the run');
    await hyperlift(['train', '--config', config, '--steps', '1', '--out', join(folder, 'c')]);
    t.equal(JSON.parse(await readFile(join(folder, 'c', 'config.json'), 'utf8')).steps, 1);
    const clash = await hyperlift(['train', ...flags, '--out', join(folder, 'a')]);
    t.equal(clash.status, 2);
    t.match(clash.stderr, /^hyperlift: .*already holds a run.* \(CONFIG_RUN_EXISTS\)\n$/);
  });
});
