// Run as a worker thread by threads.test.ts: computes with its own queue beside the others.
import { parentPort, workerData } from 'node:worker_threads';
import { memory, rand, tidy } from '../../../ts/tensor/index.js';

const { seed, endless } = workerData as { seed: number; endless: boolean };

async function work(): Promise<number> {
  return tidy(async () => {
    const x = rand([96, 96], { seed });
    let product = x;
    for (let i = 0; i < 5; i++) product = await (await product.matmul(x)).div(48);
    return (await product.sum()).item();
  });
}

if (endless) {
  parentPort?.postMessage('started');
  for (;;) await work();
}
const value = await work();
parentPort?.postMessage({ value, tensors: memory().tensors });
