import sharp from 'sharp';
import { cameraResponse, responseFor, responseRecord } from '../ts/degrade/index.js';
import { type CheckpointFacts, checkpointMetadata, writeSafetensors } from '../ts/io/index.js';
import { createModel, type Model } from '../ts/models/index.js';
import { entriesOf } from '../ts/train/tensors.js';
import { packageVersion } from '../ts/version.js';

/** A photo of `size` x `size` pixels, smooth in one direction and busy in the other. */
async function writePhoto(file: string, size: number): Promise<void> {
  const bytes = new Uint8Array(3 * size * size);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 128 + 100 * Math.sin(i / 50 + (i % 3));
  await sharp(bytes, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(file);
}

const wavelengths = Array.from({ length: 31 }, (_, band) => 400 + 10 * band);

async function factsOf(model: Model): Promise<CheckpointFacts> {
  const cube = { name: 'bench', bands: wavelengths.length, wavelengths };
  const response = responseRecord(responseFor(await cameraResponse(), cube));
  return {
    hyperlift: packageVersion(),
    model: model.id,
    options: model.options,
    paradigm: 'unsupervised',
    rgb: { response, transfer: 'linear', range: 'unit', source: 'simulated', kind: 'srgb' },
    kernel: null,
    heldBack: [],
    wavelengths,
    step: 0,
    best: null,
    config: { patch: 128 },
    data: 'none',
    perceptual: 'none',
    init: null,
    protocol: 'field',
    baseline: null,
  };
}

/** Writes a photo, and a checkpoint of a network with its initial weights: time and memory do not depend on their values. */
export async function writePhotoAndWeights(wanted: {
  model: string;
  size: number;
  image: string;
  checkpoint: string;
}): Promise<void> {
  await writePhoto(wanted.image, wanted.size);
  const model = createModel(wanted.model, {}, { seed: 1 });
  const entries = await entriesOf(model.native.state());
  await writeSafetensors(wanted.checkpoint, entries, checkpointMetadata(await factsOf(model)));
}
