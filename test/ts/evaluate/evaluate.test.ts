import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import { type CubeData, writeCube } from '../../../ts/data/index.js';
import { type EvaluateEvent, evaluate } from '../../../ts/evaluate/index.js';
import { native } from '../../../ts/native/index.js';
import { fewWavelengths, inFolder, writeCheckpoint } from './own-checkpoint.js';

const bands = fewWavelengths.length;

/** A cube whose bands differ and whose pixels differ. */
function smallCube(name: string, height = 24, width = 20, own = bands): CubeData {
  const data = Float32Array.from({ length: own * height * width }, (_, index) => {
    const [band, pixel] = [Math.floor(index / (height * width)), index % (height * width)];
    return 0.15 + (0.5 * band) / own + 0.2 * Math.abs(Math.sin(pixel / 7 + band));
  });
  const wavelengths = own === bands ? fewWavelengths : null;
  const origin = { file: '', format: '' };
  return { data, dtype: 'float32', bands: own, height, width, wavelengths, fullScale: 1, name, origin };
}

/** Weights `[bands][6]` of a root-polynomial regression that gives each band the mean of R, G and B. */
const meanOfRgb = Array.from({ length: bands }, () => [1 / 3, 1 / 3, 1 / 3, 0, 0, 0]);

async function scenes(folder: string): Promise<string> {
  const data = join(folder, 'data');
  await writeCube(join(data, 'first.mat'), smallCube('first'));
  await writeCube(join(data, 'second.mat'), smallCube('second', 17, 31));
  return data;
}

async function codeOf(work: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work();
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    return { code, message };
  }
  return { code: 'none', message: '' };
}

test('evaluate scores each scene, the mean and the line to beat', (t) =>
  inFolder(async (folder) => {
    const before = native().memory().tensors;
    const [data, checkpoint] = [await scenes(folder), join(folder, 'own.safetensors')];
    await writeCheckpoint(checkpoint, 'mstpp', {}, { baseline: meanOfRgb });
    const events: EvaluateEvent[] = [];
    const result = await evaluate({ checkpoint, data, onProgress: (event) => events.push(event) });
    t.equal(result.protocol, 'field', 'the default protocol');
    t.deepEqual(
      result.scenes.map((scene) => scene.name),
      ['first', 'second'],
      'both scenes by name',
    );
    const [first, second] = result.scenes;
    const mean = ((first?.psnr ?? 0) + (second?.psnr ?? 0)) / 2;
    t.ok(Math.abs(result.mean.psnr - mean) < 1e-12, 'the mean is plain');
    const line = result.baseline?.mean.psnr ?? 0;
    t.ok(
      line > result.mean.psnr,
      `random weights (${mean.toFixed(1)} dB) are below the mean of RGB (${line.toFixed(1)})`,
    );
    const kinds = new Set(events.map((event) => event.type));
    t.ok(kinds.has('start') && kinds.has('tiles') && kinds.has('scene'), 'tells start, tiles and scenes');
    t.ok(native().memory().tensors <= before, 'no tensor is left');
  }));

test('evaluate writes tables, pictures and cubes to a folder', (t) =>
  inFolder(async (folder) => {
    const [data, checkpoint, out] = [
      await scenes(folder),
      join(folder, 'own.safetensors'),
      join(folder, 'out'),
    ];
    await writeCheckpoint(checkpoint, 'rootpoly');
    const { files, mean } = await evaluate({ checkpoint, data, out, cubes: true });
    const names = ['compare.png', 'error.png', 'spectra.png', 'spectra.svg'];
    const expected = ['first', 'second'].flatMap((scene) => [
      `${scene}.mat`,
      ...names.map((name) => `${scene}-${name}`),
    ]);
    t.deepEqual(
      (await readdir(out)).sort(),
      [...expected, 'scores-bands.csv', 'scores.csv', 'scores.json', 'scores.md'].sort(),
      'all files are there',
    );
    t.equal(files.length, 14, 'and named in the result');
    const page = await readFile(join(out, 'scores.md'), 'utf8');
    t.ok(page.includes('| mean') && page.includes(mean.psnr.toFixed(2)), 'the table shows the mean');
    const svg = await readFile(join(out, 'first-spectra.svg'), 'utf8');
    t.ok(svg.includes('<text'), 'the SVG keeps its text as text');
    const csv = (await readFile(join(out, 'scores.csv'), 'utf8')).trim().split('\n');
    t.equal(csv[0], 'scene,psnr,psnrBand,rmse,mrae,ssim,sam,ergas', 'the header of the CSV');
    t.equal(csv.length, 6, 'two scenes, the mean and the ends of its interval');
    const perBand = (await readFile(join(out, 'scores-bands.csv'), 'utf8')).trim().split('\n');
    t.equal(perBand[0], 'scene,band,psnr,rmse,mrae,ssim', 'the header of the bands');
    t.equal(perBand.length, 1 + 2 * bands, 'a line for each band of each scene');
    const record = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8'));
    t.deepEqual([record.protocol, record.protocolVersion], ['field', 1], 'the record names its protocol');
    const [low, high] = record.interval.psnr;
    t.ok(low < mean.psnr && mean.psnr < high, 'the mean lies in its interval');
  }));

test('evaluate refuses what does not fit, by name', (t) =>
  inFolder(async (folder) => {
    const [data, checkpoint] = [await scenes(folder), join(folder, 'own.safetensors')];
    await writeCheckpoint(checkpoint, 'rootpoly');
    const many = join(folder, 'many', 'wide.mat');
    await writeCube(many, smallCube('wide', 16, 16, 9));
    const bandsRefused = await codeOf(() => evaluate({ checkpoint, data: many }));
    t.equal(bandsRefused.code, 'DATA_BANDS');
    t.ok(bandsRefused.message.includes("'wide' has 9 bands"), bandsRefused.message);
    t.equal((await codeOf(() => evaluate({ checkpoint: join(folder, 'no'), data }))).code, 'DATA_MISSING');
    t.equal(
      (await codeOf(() => evaluate({ checkpoint: folder, data }))).code,
      'DATA_MISSING',
      'a folder without a run',
    );
    const blurred = await codeOf(() => evaluate({ checkpoint, data, kernel: 'gaussian:1' }));
    t.equal(blurred.code, 'CONFIG_CONFLICT');
    t.ok(blurred.message.includes("'kernel'"), blurred.message);
    const unknown = { checkpoint, data, protocoll: 'field' };
    t.equal((await codeOf(() => evaluate(unknown))).code, 'CONFIG_UNKNOWN');
    const ofAnother = join(folder, 'other.safetensors');
    await writeCheckpoint(
      ofAnother,
      'mstpp',
      {},
      { model: 'rootpoly', options: { inBands: 3, outBands: bands } },
    );
    t.equal((await codeOf(() => evaluate({ checkpoint: ofAnother, data }))).code, 'CHECKPOINT_MISMATCH');
  }));

test('evaluate scores what a split holds back, and says which data set it recognised', (t) =>
  inFolder(async (folder) => {
    const [data, checkpoint] = [join(folder, 'data'), join(folder, 'own.safetensors')];
    await writeCube(join(data, 'balloons.mat'), smallCube('first'));
    await writeCube(join(data, 'beads.mat'), smallCube('second'));
    await writeCheckpoint(checkpoint, 'mstpp');
    const notices: string[] = [];
    const onProgress = (event: EvaluateEvent) => event.type === 'notice' && notices.push(event.text);
    const named = await evaluate({ checkpoint, data, split: 'unssr-cave', onProgress });
    t.deepEqual(
      named.scenes.map((scene) => scene.name),
      ['balloons'],
    );
    t.ok(
      notices.some((text) => /recognised as CAVE/.test(text)),
      notices.join('; '),
    );
    const one = join(data, 'beads.mat');
    const whole = await evaluate({ checkpoint, data: one });
    const strip = await evaluate({ checkpoint, data: one, split: 'strip' });
    t.equal(strip.scenes.length, 1);
    t.notEqual(strip.mean.psnr, whole.mean.psnr, 'the strip alone');
    const { code, message } = await codeOf(() => evaluate({ checkpoint, data, split: 'strip' }));
    t.equal(code, 'CONFIG_VALUE', message);
  }));
