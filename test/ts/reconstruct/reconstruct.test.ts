import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import test from 'tape';
import { type CubeData, readCube, writeCube } from '../../../ts/data/index.js';
import { native } from '../../../ts/native/index.js';
import {
  type ReconstructEvent,
  type ReconstructOptions,
  reconstruct,
} from '../../../ts/reconstruct/index.js';
import { fewWavelengths, inFolder, writeCheckpoint } from '../evaluate/own-checkpoint.js';

/** A photo of soft colours. */
async function writePhoto(file: string, height = 37, width = 45): Promise<void> {
  const bytes = Buffer.from(
    Array.from({ length: 3 * height * width }, (_, i) => 90 + Math.round(60 * Math.sin(i / 50 + (i % 3)))),
  );
  await sharp(bytes, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
}

/** A folder with a photo and a checkpoint of a network, and how to reconstruct with them. */
function withPhoto(
  id: string,
  work: (folder: string, run: (more?: Partial<ReconstructOptions>) => Promise<string>) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const [photo, checkpoint] = [join(folder, 'photo.png'), join(folder, 'own.safetensors')];
    await writePhoto(photo);
    await writeCheckpoint(checkpoint, id);
    let count = 0;
    await work(folder, async (more = {}) => {
      const out = join(folder, `cube${count++}.mat`);
      const { images } = await reconstruct({ images: [photo], checkpoint, out, ...more });
      return images[0]?.cube ?? '';
    });
  });
}

function apart(a: CubeData, b: CubeData): number {
  let worst = 0;
  for (let i = 0; i < a.data.length; i++)
    worst = Math.max(worst, Math.abs((a.data[i] ?? 0) - (b.data[i] ?? Number.NaN)));
  return worst;
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    const { code, name } = error as Error & { code?: unknown };
    return typeof code === 'string' ? code : name;
  }
}

test('a photo becomes a cube with its wavelengths, clipped to [0, 1]', (t) =>
  withPhoto('mstpp', async (_, run) => {
    const before = native().memory().tensors;
    const events: ReconstructEvent[] = [];
    const cube = await readCube(await run({ onProgress: (event) => events.push(event) }));
    t.deepEqual([cube.bands, cube.height, cube.width], [6, 37, 45], 'the size of the photo');
    t.deepEqual(cube.wavelengths, fewWavelengths, 'the wavelengths of the training');
    t.ok(
      cube.data.every((value) => value >= 0 && value <= 1),
      'in [0, 1]',
    );
    const notice = events.find((event) => event.type === 'notice');
    t.ok(notice?.type === 'notice' && notice.text.includes('sRGB'), 'says that the photo is taken as sRGB');
    t.ok(
      events.some((event) => event.type === 'tiles' && event.done === event.total),
      'counts to the end',
    );
    t.ok(native().memory().tensors <= before, 'no tensor is left');
  }));

test('tiles of a network that looks at single pixels give the cube of the whole image', (t) =>
  withPhoto('rootpoly', async (_, run) => {
    const whole = await readCube(await run());
    const tiled = await readCube(await run({ tile: 16, overlap: 4 }));
    t.ok(apart(whole, tiled) < 2e-6, 'blended');
    const published = await readCube(await run({ tile: 16, tiling: 'published' }));
    t.ok(apart(whole, published) < 2e-6, 'and in the published way');
  }));

test('a cube is lifted from its file, its RGB made by the camera of the training', (t) =>
  withPhoto('rootpoly', async (folder, run) => {
    const [height, width] = [40, 33];
    const data = Float32Array.from(
      { length: 6 * height * width },
      (_, i) => 0.2 + 0.6 * Math.abs(Math.sin(i)),
    );
    const origin = { file: 'made', format: 'test' };
    const scene: CubeData = {
      data,
      dtype: 'float32',
      bands: 6,
      height,
      width,
      wavelengths: [...fewWavelengths],
      fullScale: 1,
      name: 'scene',
      origin,
    };
    const [rows, columns] = [join(folder, 'scene.hdr'), join(folder, 'scene.mat')];
    await writeCube(rows, scene, { interleave: 'bil' });
    await writeCube(columns, scene);
    const events: ReconstructEvent[] = [];
    const whole = await readCube(await run({ images: [rows], onProgress: (event) => events.push(event) }));
    t.deepEqual([whole.bands, whole.height, whole.width], [6, height, width]);
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
    t.ok(notices[0]?.startsWith('of cubes the RGB is made'), notices[0]);
    for (const images of [[rows], [columns]]) {
      const tiled = await readCube(await run({ images, tile: 16, overlap: 4 }));
      t.ok(apart(whole, tiled) < 2e-6, `in tiles from ${images[0]?.split('.').at(-1)}`);
    }
    const out = join(folder, 'lifted.hdr');
    t.ok(apart(whole, await readCube(await run({ images: [columns], out }))) === 0, 'into ENVI, too');
  }));

test('a folder of PNGs holds the same cube in 16 bits', (t) =>
  withPhoto('rootpoly', async (folder, run) => {
    const out = join(folder, 'bands');
    const png = await readCube(await run({ out, tile: 16, overlap: 4 }));
    const mat = await readCube(await run());
    t.deepEqual([png.dtype, png.bands, png.height, png.width], ['uint16', 6, 37, 45]);
    const scaled = { ...png, data: Float32Array.from(png.data, (value) => value / 65535) };
    t.ok(apart(mat, scaled) < 1 / 65535, 'to the last bit of 16');
    t.equal(await codeOf(() => run({ out })), 'DATA_EXISTS', 'and is not written over');
    t.equal((await readdir(out)).length, 6, 'it stays as it was');
  }));

test('uncertainty is the entropy of each value of the cube', (t) =>
  withPhoto('rootpoly', async (folder, run) => {
    const cube = await readCube(await run({ uncertainty: true, tile: 16 }));
    const map = await readCube(join(folder, 'cube0-uncertainty.mat'));
    const entropy = { ...cube, data: Float32Array.from(cube.data, (f) => (f > 0 ? -f * Math.log(f) : 0)) };
    t.ok(apart(entropy, map) < 1e-6);
  }));

test('pictures show the input beside the cube, and spectra', (t) =>
  withPhoto('rootpoly', async (folder, run) => {
    for (const out of [join(folder, 'a.mat'), join(folder, 'a')]) {
      await run({ out, pictures: true, tile: 16 });
      for (const word of ['picture.png', 'spectra.png', 'spectra.svg']) {
        t.ok(existsSync(join(folder, `a-${word}`)), `a-${word}`);
      }
    }
  }));

test('several images go into a folder', (t) =>
  withPhoto('rootpoly', async (folder) => {
    const images = [join(folder, 'photo.png'), join(folder, 'other.png')];
    await writePhoto(images[1] ?? '', 12, 9);
    const [checkpoint, out] = [join(folder, 'own.safetensors'), join(folder, 'out')];
    await reconstruct({ images, checkpoint, out });
    t.deepEqual((await readdir(out)).sort(), ['other.mat', 'photo.mat']);
    const twice = { images: [images[0] ?? '', images[0] ?? ''], checkpoint, out };
    t.equal(await codeOf(() => reconstruct(twice)), 'CONFIG_OUT', 'two of one name are refused');
  }));

test('a network whose answer depends on the size of what it sees gets tiles of its training size', (t) =>
  withPhoto('sfformer', async (_, run) => {
    const starts: ReconstructEvent[] = [];
    const onProgress = (event: ReconstructEvent) => {
      if (event.type === 'start') starts.push(event);
    };
    await run({ onProgress });
    await run({ onProgress, tile: 32 });
    t.deepEqual(
      starts.map((event) => (event.type === 'start' ? event.tile : 0)),
      [16, 32],
      'patch of the checkpoint, and what is asked for',
    );
  }));

test('reconstruct refuses bad input by code and leaves nothing behind', (t) =>
  withPhoto('rootpoly', async (folder, run) => {
    await writeFile(join(folder, 'words.png'), 'not a picture');
    const before = (await readdir(folder)).sort();
    t.equal(await codeOf(() => run({ images: [join(folder, 'none.png')] })), 'DATA_MISSING');
    t.equal(await codeOf(() => run({ images: [join(folder, 'words.png')] })), 'DATA_FORMAT');
    t.equal(await codeOf(() => run({ out: join(folder, 'cube.bmp') })), 'DATA_FORMAT');
    t.equal(await codeOf(() => run({ memory: 'much' })), 'CONFIG_MEMORY');
    t.equal(await codeOf(() => run({ tile: 16, overlap: 16 })), 'CONFIG_TILE');
    t.equal(await codeOf(() => run({ tile: 64, tiling: 'published' })), 'CONFIG_TILE');
    t.equal(await codeOf(() => run({ out: '/dev/full', format: 'mat' })), 'RUN_DISK_FULL');
    const stop = new AbortController();
    const onProgress = (event: ReconstructEvent) => event.type === 'tiles' && stop.abort();
    t.equal(await codeOf(() => run({ tile: 16, signal: stop.signal, onProgress })), 'AbortError');
    t.deepEqual((await readdir(folder)).sort(), before, 'no file is new');
  }));
