/** Started by exit.test.ts, as a process or a worker: trains until it is ended from outside or, with `exit`, by itself. */
import { parentPort, workerData } from 'node:worker_threads';
import { tinyPlan, tinyTrainer } from './tiny.js';

const { trainer } = tinyTrainer({ schedule: { kind: 'constant' } });
trainer.appendPlan(tinyPlan(20_000));
void trainer.run(10_000);

function whenTraining(act: () => void): void {
  const timer = setInterval(() => {
    if (trainer.progress().step < 2) return;
    clearInterval(timer);
    act();
  }, 5);
}

const how: unknown = parentPort === null ? process.argv[2] : workerData;
if (how === 'exit') whenTraining(() => process.exit(3));
else if (how === 'throw') {
  whenTraining(() => {
    throw new Error('thrown in the middle of a training');
  });
} else whenTraining(() => parentPort?.postMessage('training'));
