import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'tape';
import { type CubeData, openDataset, writeCube } from '../../../ts/data/index.js';
import { type EvaluateEvent, type EvaluateResult, evaluate, scoreFiles } from '../../../ts/evaluate/index.js';
import { scoreFilePair } from '../../../ts/evaluate/strip-scores.js';
import { unit } from '../../../ts/golden/rule.js';
import { type ProtocolName, protocols, type SceneScores, scoreNames } from '../../../ts/metrics/index.js';
import { native } from '../../../ts/native/index.js';
import { failsWith } from '../failure.js';
import { root } from '../shared-folder.js';
import { writeGoldenCubes } from './golden-cubes.js';
import { inFolder } from './own-checkpoint.js';

const run = promisify(execFile);
const program = join(root, 'dist', 'ts', 'cli', 'main.js');

async function printed(...args: string[]): Promise<EvaluateResult> {
  const { stdout } = await run(process.execPath, [program, 'evaluate', ...args, '--json']);
  return JSON.parse(stdout);
}

/** JSON has no infinite and undefined numbers. */
function near(found: number | null | undefined, expected: number, allowed: number): boolean {
  if (!Number.isFinite(expected)) return found === null;
  return Math.abs(Number(found) - expected) <= allowed * Math.abs(expected);
}

test('evaluate --protocol prints the numbers of the golden files, under every protocol', (t) =>
  inFolder(async (folder) => {
    for (const protocol of Object.keys(protocols) as ProtocolName[]) {
      const golden = await writeGoldenCubes(folder, protocol);
      const [results, data] = [join(folder, protocol, 'results'), join(folder, protocol, 'truth')];
      const record = await printed('--results', results, '--data', data, '--protocol', protocol);
      t.deepEqual([record.protocol, record.protocolVersion], [protocol, protocols[protocol].version]);
      for (const { name, expected, bands } of golden) {
        const scene = record.scenes.find((scored) => scored.name === name);
        t.ok(expected.length > 1, `${protocol}, ${name}: ${expected.length} golden scores`);
        for (const [score, value, allowed] of expected) {
          const found = scene?.[score as keyof SceneScores] as number | null | undefined;
          t.ok(near(found, value, allowed), `${protocol}, ${name}: ${score} ${found}, golden ${value}`);
        }
        for (const score of ['psnr', 'ssim'] as const) {
          const values = Array.from(bands?.[score] ?? []);
          const same = values.every((value, band) => near(scene?.bands[score][band], value, 1e-9));
          if (values.length > 0) t.ok(same, `${protocol}: ${score} of each band`);
        }
      }
    }
  }));

function smallCube(name: string, height = 24, width = 20, change = 0): CubeData {
  const data = Float32Array.from(unit(name, 5 * height * width), (value) => 0.1 + 0.8 * value + change);
  const origin = { file: '', format: '' };
  return { data, dtype: 'float32', bands: 5, height, width, wavelengths: null, fullScale: 1, name, origin };
}

/** Three scenes, and results of two of them. */
async function files(folder: string): Promise<{ results: string; data: string }> {
  const [results, data] = [join(folder, 'results'), join(folder, 'truth')];
  await mkdir(results);
  for (const name of ['clay', 'hairs', 'toys'])
    await writeCube(join(data, `${name}_ms.mat`), smallCube(name));
  await writeCube(join(results, 'clay.mat'), smallCube('clay', 24, 20, 0.01));
  await writeCube(join(results, 'hairs.mat'), smallCube('hairs', 24, 20, 0.02));
  return { results, data };
}

test('scoreFiles pairs cubes by name and scores them without a checkpoint', (t) =>
  inFolder(async (folder) => {
    const before = native().memory().tensors;
    const { results, data } = await files(folder);
    const events: EvaluateEvent[] = [];
    const out = join(folder, 'out');
    const scored = await scoreFiles({ results, data, out, onProgress: (event) => events.push(event) });
    t.deepEqual(
      scored.scenes.map(({ name }) => name),
      ['clay', 'hairs'],
    );
    t.ok(
      Math.abs((scored.scenes[0]?.rmse ?? 0) - 0.01) < 1e-6 && scored.baseline === null,
      'RMSE is the change',
    );
    t.ok(
      events.some((event) => event.type === 'notice' && event.text.includes('toys_ms')),
      'a true cube without a result is named',
    );
    const [low, high] = scored.interval?.rmse ?? [0, 0];
    t.ok(Math.abs(low - 0.01) < 1e-6 && Math.abs(high - 0.02) < 1e-6, 'two scenes: the interval is both');
    const page = await readFile(join(out, 'scores.md'), 'utf8');
    t.ok(page.includes('95 % interval') && page.includes('sqrt(mean (e - t)^2)'), 'interval and formulas');
    const again = await evaluate({ results, data: [data] });
    t.deepEqual(again.mean, scored.mean, 'evaluate does the same with results');
    t.ok(native().memory().tensors <= before, 'no tensor is left');
    const one = await scoreFiles({ results: join(results, 'clay.mat'), data: join(data, 'hairs_ms.mat') });
    t.equal(one.scenes.length, 1, 'a single result and a single truth need no common name');
    t.equal(one.interval, null, 'one scene has no interval');
  }));

test('scores of strips are the scores of the whole cubes', (t) =>
  inFolder(async (folder) => {
    const grey = (name: string): CubeData => {
      const cube = smallCube(name, 61, 40);
      return { ...cube, dtype: 'uint16', data: Uint16Array.from(cube.data, (value) => 60000 * value) };
    };
    // The one container has whole columns, the other whole rows.
    for (const [ending, made] of [
      ['.mat', smallCube],
      ['', grey],
    ] as const) {
      const [truth, result] = [join(folder, `truth${ending}`), join(folder, `result${ending}`)];
      await writeCube(truth, made('truth', 61, 40));
      await writeCube(result, made('result', 61, 40));
      const [trueScene, madeScene] = (await openDataset([truth, result])).scenes;
      if (trueScene === undefined || madeScene === undefined) return t.fail('both are found');
      const pair = { name: 'noise', truth: trueScene, result: madeScene };
      for (const protocol of ['field', 'coarsr', 'sspsr', 'unssr-cave'] as ProtocolName[]) {
        const options = { protocol, notFinite: 'refuse' } as const;
        const whole = await scoreFilePair(pair, { ...options, memory: 2 ** 30 });
        const strips = await scoreFilePair(pair, { ...options, memory: 2 ** 17 });
        for (const score of scoreNames) {
          const error = Math.abs(strips[score] / whole[score] - 1);
          t.ok(error < 1e-12, `${protocol}, ${ending === '' ? 'folder' : ending}: ${score}, ${error}`);
        }
      }
    }
  }));

test('NaN in a file is refused with its place, or its pixel left out', (t) =>
  inFolder(async (folder) => {
    const { results, data } = await files(folder);
    const bad = smallCube('clay', 24, 20, 0.01);
    bad.data[2 * 480 + 7 * 20 + 3] = Number.NaN;
    bad.data[480 + 7 * 20 + 3] = Number.NaN;
    await writeCube(join(results, 'clay.mat'), bad);
    const place =
      /clay: the reconstruction holds NaN at band 1, row 7, column 3 .*; 0 such values in the true cube and 2/;
    await failsWith(t, scoreFiles({ results, data }), 'DATA_NOT_FINITE', place);
    const { scenes } = await scoreFiles({ results, data, notFinite: 'skip' });
    t.deepEqual([scenes[0]?.notFinite, scenes[0]?.leftOut], [{ truth: 0, result: 2 }, 1]);
    t.ok(Math.abs((scenes[0]?.rmse ?? 0) - 0.01) < 1e-6, 'the others are scored');
  }));

/** An ENVI cube of float32, band after band. */
async function writeEnvi(file: string, { data, bands, height, width }: CubeData, more = ''): Promise<void> {
  await writeFile(`${file}.img`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const header = `ENVI\nsamples = ${width}\nlines = ${height}\nbands = ${bands}\ndata type = 4\ninterleave = bsq\nbyte order = 0\n${more}`;
  await writeFile(`${file}.hdr`, header);
}

test('pixels where the true file has no value do not count', (t) =>
  inFolder(async (folder) => {
    const truth = smallCube('clay');
    const hole = {
      ...truth,
      data: Float32Array.from(truth.data, (value, i) => (i % 480 === 46 ? -9999 : value)),
    };
    await writeEnvi(join(folder, 'truth'), hole, 'data ignore value = -9999\n');
    await writeEnvi(join(folder, 'result'), smallCube('clay', 24, 20, 0.01));
    const [results, data] = [join(folder, 'result.hdr'), join(folder, 'truth.hdr')];
    const { scenes } = await scoreFiles({ results, data });
    t.ok(Math.abs((scenes[0]?.rmse ?? 0) - 0.01) < 1e-6, `the others are scored: ${scenes[0]?.rmse}`);
    t.deepEqual(
      [scenes[0]?.leftOut, scenes[0]?.notFinite],
      [1, { truth: 0, result: 0 }],
      'one pixel is left out',
    );
    const { ergas } = (await scoreFiles({ results, data, fullScale: 4, resultScale: 4 })).mean;
    t.ok(Math.abs(ergas / (scenes[0]?.ergas ?? 0) - 1) < 1e-4, 'whatever its scale');
  }));

test('results that fit no true cube are refused by name', (t) =>
  inFolder(async (folder) => {
    const { results, data } = await files(folder);
    await writeCube(join(results, 'wool.mat'), smallCube('wool'));
    await failsWith(
      t,
      scoreFiles({ results, data }),
      'DATA_PAIR_MISSING',
      /wool\.mat: no true cube .* clay, hairs/,
    );
    const wide = join(folder, 'wide', 'clay.mat');
    await writeCube(wide, smallCube('wide', 24, 21));
    await failsWith(
      t,
      scoreFiles({ results: wide, data }),
      'DATA_SIZE_MISMATCH',
      /5 x 24 x 21 .* 5 x 24 x 20/,
    );
    const both = { results: [join(results, 'clay.mat'), wide], data };
    await failsWith(t, scoreFiles(both), 'DATA_SCENE_DUPLICATE', /two scenes are named 'clay'/);
    const twin = join(folder, 'wide', 'clay_ms.mat');
    await writeCube(twin, smallCube('twin'));
    const twins = { results: [join(results, 'clay.mat'), twin], data };
    await failsWith(t, scoreFiles(twins), 'DATA_PAIR_AMBIGUOUS', /two results are named 'clay'/);
    const mixed = { results, checkpoint: 'run', data };
    await failsWith(t, evaluate(mixed), 'CONFIG_CONFLICT', /'checkpoint' and option 'results'/);
    await failsWith(t, evaluate({ data }), 'CONFIG_MISSING', /'checkpoint' .* or option 'results'/);
    await failsWith(t, evaluate({ results, data, kernel: 'gaussian:1' }), 'CONFIG_CONFLICT', /'kernel'/);
    const small = scoreFiles({ results, data, protocol: 'ntire2022' });
    await failsWith(t, small, 'DATA_PAIR_MISSING', /wool/);
    const margin = scoreFiles({ results: join(results, 'clay.mat'), data, protocol: 'ntire2022' });
    await failsWith(t, margin, 'DATA_SIZE_MISMATCH', /clay: .* 5 x 24 x 20 .* 128 pixels at each border/);
  }));
