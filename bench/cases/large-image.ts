import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askFresh } from '../contender.js';
import type { FigureCase } from '../figure.js';

/** Peak resident memory of reconstructing a photo in tiles with the usual settings, the cube streamed to a MATLAB file. */
export const largeImage: FigureCase = {
  part: 'large-image',
  async measure({ effort: { threads }, imageSize: size, ours }) {
    const folder = await mkdtemp(join(tmpdir(), 'hyperlift-bench-'));
    try {
      const [image, checkpoint] = [join(folder, 'photo.png'), join(folder, 'weights.safetensors')];
      const wanted = { do: 'photo', model: 'sfformer', size, image, checkpoint };
      if ((await askFresh(ours, wanted)) === null) return [];
      const options = { images: [image], checkpoint, out: join(folder, 'cube.mat'), threads };
      const request = { do: 'reconstruct', options };
      const done = await askFresh<{ seconds: number; tile: number; peakBytes: number }>(ours, request);
      if (done === null) return [];
      const { seconds, tile, peakBytes } = done;
      return [
        {
          name: `memory of reconstructing ${size} x ${size}, sfformer`,
          unit: 'MiB',
          value: peakBytes / 2 ** 20,
          limit: 2048,
          parts: { 'tile px': tile, 'time s': seconds },
        },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
