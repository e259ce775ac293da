import sharp from 'sharp';
import { cameraResponse, responseFor, responseRecord } from '../ts/degrade/index.js';
import type { CheckpointRgb } from '../ts/io/index.js';
import { wavelengths, writeWeights } from './weights.js';

/** A photo of `size` x `size` pixels, smooth in one direction and busy in the other. */
async function writePhoto(file: string, size: number): Promise<void> {
  const bytes = new Uint8Array(3 * size * size);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 128 + 100 * Math.sin(i / 50 + (i % 3));
  await sharp(bytes, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(file);
}

async function usualRgb(): Promise<CheckpointRgb> {
  const cube = { name: 'bench', bands: wavelengths.length, wavelengths };
  const response = responseRecord(responseFor(await cameraResponse(), cube));
  return { response, transfer: 'linear', range: 'unit', source: 'simulated', kind: 'srgb' };
}

/** Writes a photo, and a checkpoint of a network that makes cubes of photos. */
export async function writePhotoAndWeights(wanted: {
  model: string;
  size: number;
  image: string;
  checkpoint: string;
}): Promise<void> {
  await writePhoto(wanted.image, wanted.size);
  const trained = { paradigm: 'unsupervised', rgb: await usualRgb(), config: { patch: 128 } };
  await writeWeights(wanted.checkpoint, { id: wanted.model }, trained);
}
