import { setTimeout as delay } from 'node:timers/promises';
import test from 'tape';
import {
  abortable,
  arange,
  keep,
  keptMemory,
  memory,
  ones,
  rand,
  setThreads,
  type Tensor,
  tensor,
  threads,
  tidy,
  zeros,
} from '../../../ts/tensor/index.js';
import { near, rejects } from './rejects.js';

test('memory counts tensors and the bytes of distinct storages', async (t) => {
  const before = memory();
  const x = zeros([10, 10]);
  t.deepEqual(memory(), { tensors: before.tensors + 1, bytes: before.bytes + 400 }, 'a tensor');
  const view = x.transpose();
  t.deepEqual(memory(), { tensors: before.tensors + 2, bytes: before.bytes + 400 }, 'a view adds no bytes');
  x.dispose();
  x.dispose();
  t.deepEqual(memory(), { tensors: before.tensors + 1, bytes: before.bytes + 400 }, 'the view holds them');
  view[Symbol.dispose]();
  t.deepEqual(memory(), before, 'all gone');
});

test('a disposed tensor says so, whatever is asked of it', async (t) => {
  const x = zeros([2]);
  x.dispose();
  t.ok(x.disposed);
  for (const ask of [
    () => x.shape,
    () => x.dtype,
    () => x.add(1),
    () => x.toTypedArray(),
    () => x.grad,
    () => x.backward(),
  ]) {
    await rejects(t, ask, 'TENSOR_DISPOSED', ['disposed'], String(ask));
  }
});

test('disposing an input of a queued operation does not disturb it', async (t) => {
  const x = ones([100, 100]);
  const sum = x.sum();
  x.dispose();
  t.equal(await (await sum).item(), 10000);
});

test('tidy disposes what was made in it, but not what it returns or keeps', async (t) => {
  const before = memory().tensors;
  const outer = ones([3]);
  const kept: Tensor[] = [];
  const found = await tidy(async () => {
    const sum = await outer.add(1);
    kept.push(keep(await sum.mul(2)));
    await tidy(async () => sum.unsqueeze(0));
    return { one: await sum.sum(), list: [await sum.mean()], map: new Map([['max', await sum.max()]]), n: 1 };
  });
  t.equal(await found.one.item(), 6, 'returned in an object');
  t.equal(await found.list[0]?.item(), 2, 'returned in an array');
  t.equal(await found.map.get('max')?.item(), 2, 'returned in a map');
  near(t, (await kept[0]?.toTypedArray()) as Float32Array, [4, 4, 4], 'kept');
  t.notOk(outer.disposed, 'tensors from outside stay');
  t.equal(memory().tensors, before + 5, 'and nothing else');
  for (const x of [outer, found.one, ...found.list, ...found.map.values(), ...kept]) x.dispose();
  t.equal(memory().tensors, before);
});

test('tidy hands what it returns to the tidy around it', async (t) => {
  const before = memory().tensors;
  await tidy(async () => {
    const inner = await tidy(async () => zeros([1]).add(1));
    t.equal(await inner.item(), 1, 'alive in the outer scope');
  });
  t.equal(memory().tensors, before);
});

test('a rejection, a throw and a call nobody awaits leave nothing behind', async (t) => {
  const before = memory().tensors;
  const x = ones([2, 3]);
  await rejects(
    t,
    () => tidy(async () => (await x.add(1)).matmul(x)),
    'TENSOR_SHAPE',
    ['matmul'],
    'rejection in tidy',
  );
  await rejects(
    t,
    () =>
      tidy(() => {
        zeros([5]);
        throw new RangeError('mine');
      }),
    'RangeError: mine',
    [],
    'a throw of the caller',
  );
  let late: Promise<Tensor> | undefined;
  await tidy(() => {
    late = x.add(1);
  });
  t.ok((await late)?.disposed, 'what arrives after the scope is disposed');
  await Promise.allSettled(Array.from({ length: 20 }, () => x.matmul(x)));
  x.dispose();
  t.equal(memory().tensors, before);
});

test('collected handles are counted off', async (t) => {
  const collect: unknown = globalThis.gc;
  if (typeof collect !== 'function') {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;
  }
  const before = memory();
  (() => {
    for (let i = 0; i < 50; i++) zeros([1000]).unsqueeze(0);
  })();
  for (let turn = 0; turn < 50 && memory().tensors > before.tensors; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.ok(memory().tensors <= before.tensors, `${memory().tensors} tensors after ${before.tensors}`);
  t.ok(memory().bytes <= before.bytes, 'and their bytes');
});

test('an abort skips what is queued and drops what computes', async (t) => {
  const before = memory().tensors;
  const x = rand([600, 600], { seed: 1 });
  const abort = new AbortController();
  const work = abortable(abort.signal, async () =>
    Promise.allSettled(Array.from({ length: 30 }, () => x.matmul(x))),
  );
  abort.abort(new Error('enough'));
  const settled = await work;
  const reasons = settled.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'));
  t.equal(reasons.at(-1), 'RUN_ABORTED', 'the last was skipped');
  const last = settled.at(-1);
  t.equal(last?.status === 'rejected' && last.reason.cause.message, 'enough', 'the cause is the reason');
  for (const one of settled) if (one.status === 'fulfilled') one.value.dispose();
  t.equal(await (await x.select(0, 0).sum()).item().then(Number.isFinite), true, 'outside goes on');
  await rejects(
    t,
    () => abortable(AbortSignal.abort(), () => x.add(1)),
    'RUN_ABORTED',
    ['aborted'],
    'aborted before',
  );
  await tidy(async () => x.add(1));
  const inner = new AbortController();
  const outer = AbortSignal.abort();
  await rejects(
    t,
    () => abortable(outer, () => abortable(inner.signal, () => x.add(1))),
    'RUN_ABORTED',
    [],
    'outer signal',
  );
  t.ok(memory().tensors <= before + 4, 'nothing piles up');
});

test('errors of the queue carry the caller’s stack', async (t) => {
  async function mine() {
    await tensor([1, 2]).matmul(tensor([1, 2, 3]));
  }
  try {
    await mine();
    t.fail('nothing was thrown');
  } catch (error) {
    t.match(String((error as Error).stack), /mine/);
  }
});

test('tensors print what they are', async (t) => {
  const { inspect } = await import('node:util');
  t.equal(inspect(arange(6).reshape([2, 3])), 'Tensor float32 [2, 3] on cpu');
  const gone = zeros([1]);
  gone.dispose();
  t.equal(inspect(gone), 'Tensor (disposed)');
});

test('the number of threads is one knob', async (t) => {
  const was = threads();
  setThreads(1);
  t.equal(threads(), 1);
  const one = await (await rand([64, 64], { seed: 1 }).matmul(rand([64, 64], { seed: 2 }))).toTypedArray();
  setThreads(was);
  const many = await (await rand([64, 64], { seed: 1 }).matmul(rand([64, 64], { seed: 2 }))).toTypedArray();
  near(t, many, [...one], 'the same result', 1e-5);
  await rejects(t, () => setThreads(0), 'CONFIG_THREADS', ['0'], 'none');
});

test('memory of large tensors is kept for the next ones, below the peak, and given back when idle', async (t) => {
  const mebi = 2 ** 20;
  const use = (size: number): void => zeros([(size * mebi) / 4]).dispose();
  use(256);
  t.ok(keptMemory() >= 256 * mebi, `${keptMemory() / mebi} MiB are kept of 256`);
  const kept = keptMemory();
  use(250);
  t.equal(keptMemory(), kept, 'one that fits closely serves again');
  const other = zeros([(160 * mebi) / 4]);
  t.ok(keptMemory() <= 96 * mebi, `${keptMemory() / mebi} MiB are kept beside 160 in use: 256 were the peak`);
  other.dispose();
  const start = Date.now();
  await zeros([1]).add(1);
  while (keptMemory() > 0 && Date.now() - start < 30_000) await delay(250);
  t.equal(keptMemory(), 0, 'an idle process keeps nothing');
});
