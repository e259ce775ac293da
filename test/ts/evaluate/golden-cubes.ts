/** Writes the cubes of the golden files of scores as files that any program can score, or `hyperlift evaluate --results`:
 * `node dist/test/ts/evaluate/golden-cubes.js FOLDER` makes FOLDER/PROTOCOL/results and /truth for every protocol. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CubeData, writeCube } from '../../../ts/data/index.js';
import { entryValues, readSafetensors, type TensorEntry } from '../../../ts/io/index.js';
import { type ProtocolName, protocols } from '../../../ts/metrics/index.js';
import { root } from '../shared-folder.js';

/** The golden values of one scene under a protocol, by the name of the score. */
export interface GoldenScene {
  name: string;
  /** Score, value, and the relative error that the golden file allows. */
  expected: [score: string, value: number, allowed: number][];
  bands?: { psnr: ArrayLike<number>; ssim: ArrayLike<number> };
}

interface Golden {
  tensors: ReadonlyMap<string, TensorEntry>;
  metadata: Readonly<Record<string, string>>;
}

function read(file: string): Promise<Golden> {
  return readSafetensors(join(root, 'test', 'golden', `${file}.safetensors`));
}

function valuesOf({ tensors }: Golden, name: string): ArrayLike<number> {
  const entry = tensors.get(name);
  if (entry === undefined) throw new Error(`no ${name} in the golden file`);
  return entryValues(entry) as Float32Array;
}

/** The figures of `metrics-unssr` that each protocol gives. */
const ofReconstruction: Partial<Record<ProtocolName, Record<string, string>>> = {
  field: {
    rmse: 'rmse',
    mrae: 'mrae',
    psnr: 'psnr_cube',
    psnrBand: 'psnr_band',
    ssim: 'ssim',
    sam: 'sam',
    ergas: 'ergas_scale1',
  },
  'unssr-cave': {
    rmse: 'rmse',
    mrae: 'mrae',
    psnrBand: 'psnr_band',
    ssim: 'ssim_published',
    sam: 'sam_published',
    ergas: 'ergas_published_scale32',
  },
  ntire2020: { rmse: 'rmse_valid', mrae: 'mrae_valid' },
  ntire2022: { rmse: 'rmse_valid', mrae: 'mrae_valid', psnr: 'psnr_valid' },
};

/** Scores of the scripts in `metrics-dualsr`, by their names there. */
const ofScripts = {
  psnr: 'psnr',
  ssim: 'ssim',
  sam: 'sam',
  mpsnr: 'psnrBand',
  mssim: 'ssim',
  ergas4: 'ergas',
};

/** A cube in a frame of values that are not finite, as wide as what the protocol leaves out. */
function framed(
  inner: ArrayLike<number>,
  [bands, height, width]: readonly [number, number, number],
  protocol: ProtocolName,
  name: string,
): CubeData {
  const { bands: b, pixels: p } = protocols[protocol].margin ?? { bands: 0, pixels: 0 };
  const outer = { bands: bands + 2 * b, height: height + 2 * p, width: width + 2 * p };
  const data = new Float32Array(outer.bands * outer.height * outer.width).fill(Number.NaN);
  for (let i = 0; i < inner.length; i++) {
    const band = Math.floor(i / (height * width)) + b;
    const row = (Math.floor(i / width) % height) + p;
    data[(band * outer.height + row) * outer.width + (i % width) + p] = inner[i] ?? 0;
  }
  const origin = { file: '', format: '' };
  return { ...outer, data, dtype: 'float32', wavelengths: null, fullScale: 1, name, origin };
}

async function writePair(
  folder: string,
  protocol: ProtocolName,
  name: string,
  pair: { result: ArrayLike<number>; truth: ArrayLike<number>; shape: readonly [number, number, number] },
): Promise<void> {
  for (const [kind, values] of [
    ['results', pair.result],
    ['truth', pair.truth],
  ] as const) {
    await writeCube(join(folder, protocol, kind, `${name}.mat`), framed(values, pair.shape, protocol, name));
  }
}

async function writeReconstruction(folder: string, protocol: ProtocolName): Promise<GoldenScene[]> {
  const golden = await read('metrics-unssr');
  const [result, truth] = [valuesOf(golden, 'input/output'), valuesOf(golden, 'input/label')];
  await writePair(folder, protocol, 'golden', { result, truth, shape: [31, 48, 40] });
  const expected = Object.entries(ofReconstruction[protocol] ?? {}).map(
    ([score, name]): [string, number, number] => [
      score,
      valuesOf(golden, `output/${name}`)[0] ?? Number.NaN,
      // The scores of the validation were computed in float32.
      name.endsWith('_valid') ? 4 * Number(golden.metadata.noise_y) : 1e-9,
    ],
  );
  const bands = {
    psnr: valuesOf(golden, 'output/psnr_per_band'),
    ssim: valuesOf(golden, 'output/ssim_per_band'),
  };
  return [{ name: 'golden', expected, ...(protocol === 'field' ? { bands } : {}) }];
}

/** What the golden file's own note allows; undefined where a value is information. */
function allowedOf(name: string, path: string): number | undefined {
  if (name === 'exact' && path.endsWith('/sam')) return path.includes('finesr') ? 1e-6 : undefined;
  return /sspsr\/(sam|ergas4|rmse)$/.test(path) ? 1e-5 : 1e-9;
}

async function writeSuperResolution(folder: string, protocol: ProtocolName): Promise<GoldenScene[]> {
  const golden = await read('metrics-dualsr');
  const scenes: GoldenScene[] = [];
  for (const name of ['noise', 'zeros', 'exact']) {
    const [result, truth] = [valuesOf(golden, `input/${name}/sr`), valuesOf(golden, `input/${name}/hr`)];
    await writePair(folder, protocol, name, { result, truth, shape: [31, 20, 24] });
    const expected: GoldenScene['expected'] = [];
    for (const [script, score] of Object.entries({ ...ofScripts, rmse: 'rmse' })) {
      const path = `${name}/${protocol}/${script}`;
      // The PSNR of this one is that of the bands' own peaks.
      const own = script === 'psnr' && protocols[protocol].psnrBand === 'band-peaks' ? 'psnrBand' : score;
      const allowed = allowedOf(name, path);
      if (allowed === undefined || !golden.tensors.has(`output/${path}/f64`)) continue;
      expected.push([own, valuesOf(golden, `output/${path}/f64`)[0] ?? Number.NaN, allowed]);
    }
    scenes.push({ name, expected });
  }
  return scenes;
}

/** Writes the cubes of a protocol into FOLDER/PROTOCOL, and tells what their scores must be. */
export function writeGoldenCubes(folder: string, protocol: ProtocolName): Promise<GoldenScene[]> {
  return protocols[protocol].task === 'spatial'
    ? writeSuperResolution(folder, protocol)
    : writeReconstruction(folder, protocol);
}

const [, program = '', folder] = process.argv;
if (folder !== undefined && realpathSync(program) === fileURLToPath(import.meta.url)) {
  for (const protocol of Object.keys(protocols) as ProtocolName[]) await writeGoldenCubes(folder, protocol);
}
