import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import { openCube, readCube, writeCube } from '../../../../ts/data/formats/index.js';
import { WorkThread } from '../../../../ts/data/formats/work-thread.js';
import { failsWith } from '../../failure.js';
import { fixture, root } from '../../shared-folder.js';
import { withFolder } from '../../temporary-folder.js';

/** A thread that does what it is told, wrong things too. */
const script = `
import { serve } from ${JSON.stringify(pathToFileURL(join(root, 'dist/ts/data/formats/work-serve.js')).href)};
let spent = false;
serve({
  double: async (value) => value * 2,
  squares: async (count) => Float64Array.from({ length: count }, (_, i) => i * i),
  fail: async () => { throw new Error('first line\\nsecond line'); },
  die: async () => process.exit(3),
  stand: async () => { for (;;); },
  slow: async (steps, progress) => {
    for (let i = 0; i < steps; i++) { await new Promise((resolve) => setTimeout(resolve, 60)); progress(); }
    return steps;
  },
  fill: async () => { const all = []; for (;;) all.push(new Array(100000).fill(all.length)); },
  spoil: async () => { spent = true; return 'spoilt'; },
  shout: async () => { console.error('HDF5-DIAG'); console.log('noise'); return 'heard'; },
}, () => spent);
`;

interface Work {
  double(value: number): Promise<number>;
  squares(count: number): Promise<Float64Array>;
  fail(value: null): Promise<void>;
  die(value: null): Promise<void>;
  stand(value: null): Promise<void>;
  slow(steps: number): Promise<number>;
  fill(value: null): Promise<void>;
  spoil(value: null): Promise<string>;
}

async function withThread(
  work: (thread: WorkThread<Work>) => Promise<void>,
  patience?: number,
): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, 'thread.mjs');
    await writeFile(file, script);
    await work(new WorkThread<Work>(pathToFileURL(file), patience, 64));
  });
}

test('a thread answers in order, and hands typed arrays over', async (t) => {
  await withThread(async (thread) => {
    const asked = [1, 2, 3].map((value) => thread.call('double', value, 'a.mat'));
    t.same(await Promise.all(asked), [2, 4, 6]);
    t.same(await thread.call('squares', 4, 'a.mat'), Float64Array.of(0, 1, 4, 9));
    await failsWith(t, thread.call('fail', null, 'a.mat'), 'DATA_DAMAGED', /^first line$/);
  });
});

test('what a thread dies of is told, and the other requests are done by the next one', async (t) => {
  await withThread(async (thread) => {
    const dying = thread.call('die', null, 'bad.mat');
    const after = thread.call('double', 21, 'good.mat');
    await failsWith(t, dying, 'DATA_DAMAGED', /bad\.mat.*ended/);
    t.equal(await after, 42);
    await failsWith(t, thread.call('fill', null, 'huge.mat'), 'DATA_DAMAGED', /huge\.mat.*memory/);
    const spoilt = thread.call('spoil', null, 'odd.mat');
    const next = thread.call('double', 4, 'good.mat');
    t.same(await Promise.all([spoilt, next]), ['spoilt', 8]);
  });
});

test('a thread that stands still is given up, one that goes on is not', async (t) => {
  await withThread(async (thread) => {
    t.equal(await thread.call('slow', 12, 'long.mat'), 12);
    const standing = thread.call('stand', null, 'endless.mat');
    const after = thread.call('double', 5, 'good.mat');
    await failsWith(t, standing, 'DATA_DAMAGED', /endless\.mat.*no progress in 0\.5 seconds/);
    t.equal(await after, 10);
  }, 500);
});

test('what a thread prints is not heard, and does not keep the process from ending', async (t) => {
  await withFolder(async (folder) => {
    const file = join(folder, 'thread.mjs');
    await writeFile(file, script);
    const thread = pathToFileURL(join(root, 'dist/ts/data/formats/work-thread.js')).href;
    const lines = `
      import { WorkThread } from ${JSON.stringify(thread)};
      const thread = new WorkThread(new URL(${JSON.stringify(pathToFileURL(file).href)}));
      process.stdout.write(await thread.call('shout', null, 'a.mat'));`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', lines], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    t.same([stdout, stderr, status], ['heard', '', 0]);
  });
});

test('a process that has read HDF5 and TIFF ends by itself, and at once when told to', (t) => {
  const index = pathToFileURL(join(root, 'dist/ts/data/index.js')).href;
  const files = [fixture('hdf5', 'chunked.mat'), fixture('tiff', 'tiled-f8.tif')];
  const lines = (end: string) => `
    import { openCube } from ${JSON.stringify(index)};
    for (const file of ${JSON.stringify(files)}) {
      const reader = await openCube(file);
      process.stdout.write(String((await reader.read({ bands: [1] }))[0]) + ' ');
    }
    ${end}`;
  const run = (end: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', lines(end)], {
      encoding: 'utf8',
      timeout: 30_000,
    });
  t.equal(run(''), '100 300 ', 'by itself');
  t.equal(run(`void openCube(${JSON.stringify(files[0])}); process.exit(0);`), '100 300 ', 'at once');
  t.end();
});

test('the event loop turns while a compressed v7.3 file and a TIFF are read', async (t) => {
  await withFolder(async (folder) => {
    const [bands, height, width] = [31, 256, 256];
    const data = Float32Array.from({ length: bands * height * width }, (_, i) => Math.sin(i) * (i % 1009));
    const origin = { file: 'made', format: 'test' };
    const cube = {
      data,
      dtype: 'float32',
      bands,
      height,
      width,
      wavelengths: null,
      fullScale: 1,
      name: 'made',
      origin,
    } as const;
    for (const name of ['a.h5', 'a.tif']) {
      const path = join(folder, name);
      await writeCube(path, cube);
      // The thread and its library are loaded by then.
      await (await openCube(path)).close();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const back = await readCube(path);
      delay.disable();
      t.equal(Buffer.compare(Buffer.from(back.data.buffer), Buffer.from(data.buffer)), 0, 'values');
      t.comment(`${name}: the longest turn took ${(delay.max / 1e6).toFixed(1)} ms`);
    }
  });
});
