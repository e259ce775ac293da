import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type CubeData, writeCube } from '../../../ts/data/index.js';
import { HyperliftError } from '../../../ts/errors.js';
import { type TrainOptions, train } from '../../../ts/train/index.js';

const size = 24;
const bands = 31;

/** Runs `work` with an empty folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hyperlift-train-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A cube of smooth spectra over a few stripes; scenes differ by their number. */
export function tinyCube(scene: number): CubeData {
  const data = new Uint16Array(bands * size * size);
  for (let band = 0; band < bands; band++) {
    for (let at = 0; at < size * size; at++) {
      const [row, column] = [Math.floor(at / size), at % size];
      const peak = 4 + (((row >> 2) * 5 + scene * 3) % 24);
      const light = 0.3 + (0.6 * column) / size;
      data[band * size * size + at] = Math.round(65535 * light * Math.exp(-(((band - peak) / 8) ** 2)));
    }
  }
  return {
    data,
    dtype: 'uint16',
    bands,
    height: size,
    width: size,
    wavelengths: Array.from({ length: bands }, (_, i) => 400 + 10 * i),
    fullScale: 65535,
    name: `scene${scene}`,
    origin: { file: '', format: 'test' },
  };
}

/** Writes `count` scenes as .mat files, their contents following from their numbers. */
export async function writeTinyScenes(folder: string, count = 4, first = 0): Promise<string> {
  const data = join(folder, 'scenes');
  await mkdir(data);
  for (let scene = first; scene < first + count; scene++) {
    await writeCube(join(data, `scene${scene}.mat`), tinyCube(scene));
  }
  return data;
}

/** Writes a photo. */
export async function writeTinyPhoto(file: string, photo: number): Promise<void> {
  const values = Uint8Array.from({ length: size * size * 3 }, (_, i) => 40 + ((i * (7 + photo)) % 180));
  await sharp(values, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(file);
}

/** Writes `count` photos, without any cube. */
export async function writeTinyPhotos(folder: string, count = 3): Promise<string> {
  const data = join(folder, 'photos');
  await mkdir(data);
  for (let photo = 0; photo < count; photo++) await writeTinyPhoto(join(data, `photo${photo}.png`), photo);
  return data;
}

/** A run of seconds: a tiny SFFormer on tiny patches, one thread. */
export const tinyRun = {
  model: 'sfformer',
  modelOptions: { width: 12, blocks: 1 },
  batch: 2,
  patch: 16,
  stride: 4,
  valPatches: 2,
  perceptualWeight: 0,
  threads: 1,
} as const satisfies TrainOptions;

/** The same as flags. */
export const tinyFlags: readonly string[] =
  '--model sfformer --option width=12 --option blocks=1 --batch 2 --patch 16 --stride 4 --val-patches 2 --perceptual-weight 0 --threads 1'.split(
    ' ',
  );

/** The code and message of what a run throws. */
export async function failure(options: TrainOptions): Promise<string> {
  return train(options).then(
    () => 'nothing was thrown',
    (error) =>
      error instanceof HyperliftError ? `${error.code} ${error.message}` : `foreign: ${error?.stack}`,
  );
}
