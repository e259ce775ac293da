// Run as a process by threads.test.ts: leaves in the way that its argument names, while native threads compute.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { rand } from '../../../ts/tensor/index.js';

const workerScript = new URL('./worker-script.js', import.meta.url);

async function computeForever(): Promise<never> {
  const x = rand([256, 256], { seed: 1 });
  for (;;) {
    const product = await x.matmul(x);
    product.dispose();
  }
}

async function started(): Promise<void> {
  const x = rand([400, 400], { seed: 1 });
  void computeForever();
  await x.sum();
  for (let i = 0; i < 20; i++) void x.matmul(x);
}

async function startWorkers(): Promise<void> {
  const workers = [1, 2].map((seed) => new Worker(workerScript, { workerData: { seed, endless: true } }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
}

switch (process.argv[2]) {
  case 'exit':
    await started();
    setTimeout(() => process.exit(7), 20);
    break;
  case 'throw':
    await started();
    setTimeout(() => {
      throw new RangeError('on purpose');
    }, 20);
    break;
  case 'workers':
    await startWorkers();
    void computeForever();
    setTimeout(() => process.exit(8), 50);
    break;
  case 'worker-exit': {
    const source = `import(${JSON.stringify(new URL('../../../ts/tensor/index.js', import.meta.url).href)}).then(async ({ rand }) => {
      const x = rand([256, 256], { seed: 1 });
      for (let i = 0; i < 50; i++) x.matmul(x);
      await x.sum === 0;
      setTimeout(() => process.exit(3), 20);
    })`;
    const [code] = await once(new Worker(source, { eval: true }), 'exit');
    process.exitCode = code === 3 ? 0 : 1;
    break;
  }
  case 'natural':
    await (await rand([64, 64], { seed: 1 }).sum()).item();
    break;
  case 'pending': {
    process.exitCode = 1;
    const x = rand([300, 300], { seed: 1 });
    for (let i = 0; i < 5; i++) void x.matmul(x);
    void x.sum().then((sum) => {
      process.exitCode = sum.disposed ? 1 : 0;
    });
    break;
  }
  default:
    process.exitCode = 2;
}
