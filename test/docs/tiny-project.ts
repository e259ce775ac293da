import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeCube } from '../../ts/data/index.js';
import { packageRoot } from '../../ts/package-root.js';

const bands = 31;

/** A smooth cube, waves over a slope of wavelengths, of another length in each scene: no scene is a shifted part of another. */
function cubeValues(size: number, seed: number): Float32Array {
  const values = new Float32Array(bands * size * size);
  for (let band = 0, at = 0; band < bands; band++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++, at++) {
        const wave = Math.sin((x + seed) / (7 + seed / 4) + band / 9) * Math.cos(y / (5 + seed / 3));
        values[at] = 0.45 + 0.3 * wave + 0.005 * band;
      }
    }
  }
  return values;
}

async function writeScene(file: string, size: number, seed: number): Promise<void> {
  await writeCube(file, {
    data: cubeValues(size, seed),
    dtype: 'float32',
    bands,
    height: size,
    width: size,
    wavelengths: Array.from({ length: bands }, (_, band) => 400 + 10 * band),
    fullScale: 1,
    name: `scene-${seed}`,
    origin: { file, format: 'made' },
  });
}

async function writePhoto(file: string, width: number, height: number): Promise<void> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 100 * Math.sin(i / 40));
  await sharp(pixels, { raw: { width, height, channels: 3 } }).toFile(file);
}

/** A folder such as a reader has after `npm install hyperlift`: the package, its command, and small files under the
 * names that the pages use. */
export async function tinyProject(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'hyperlift-docs-'));
  for (const name of ['node_modules/.bin', 'scenes', 'unseen', 'photos'])
    mkdirSync(join(folder, name), { recursive: true });
  const command = join(packageRoot(), 'dist', 'ts', 'cli', 'main.js');
  chmodSync(command, 0o755);
  symlinkSync(packageRoot(), join(folder, 'node_modules', 'hyperlift'));
  symlinkSync(command, join(folder, 'node_modules', '.bin', 'hyperlift'));
  for (const seed of [1, 2, 3]) await writeScene(join(folder, 'scenes', `scene-${seed}.mat`), 48, seed);
  await writeScene(join(folder, 'unseen', 'scene-9.mat'), 48, 9);
  await writeScene(join(folder, 'low.mat'), 12, 4);
  await writePhoto(join(folder, 'photo.jpg'), 56, 40);
  for (const name of ['a.png', 'b.png', 'c.png']) await writePhoto(join(folder, 'photos', name), 48, 48);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
