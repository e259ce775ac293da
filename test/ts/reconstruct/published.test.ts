import { join } from 'node:path';
import test from 'tape';
import { entryValues, readSafetensors } from '../../../ts/io/index.js';
import {
  type PublishedSettings,
  publishedOverlap,
  publishedPass,
  publishedReconstruction,
} from '../../../ts/reconstruct/published.js';
import { root } from '../shared-folder.js';
import { sourceOf, standIn, valuesOf } from './stand-in.js';

const file = join(root, 'test', 'golden', 'tiling-unssr.safetensors');

test('the published tiling equals golden tiling-unssr at each stage', async (t) => {
  const { tensors, metadata } = await readSafetensors(file);
  const sizes: Record<string, { H: number; W: number; patch: number }> = JSON.parse(metadata.config ?? '{}');
  for (const [name, { H: height, W: width, patch }] of Object.entries(sizes)) {
    const x = tensors.get(`input/${name}/x`);
    if (x === undefined) throw new Error(`no input ${name}`);
    const image = sourceOf(entryValues({ ...x, dtype: 'float32' }), height, width);
    const settings: PublishedSettings = { tile: patch, batch: 3 };
    const stages = {
      pass: () => publishedPass({ image, top: 0, left: 0 }, standIn, settings),
      overlap: () => publishedOverlap(image, standIn, settings),
      full: () => publishedReconstruction(image, standIn, settings),
    };
    for (const [stage, run] of Object.entries(stages)) {
      const golden = tensors.get(`output/${name}/${stage}`);
      if (golden === undefined) throw new Error(`no output ${name}/${stage}`);
      const expected = entryValues({ ...golden, dtype: 'float32' }); // [H, W, 4]
      const found = await valuesOf(await run()); // [4, H, W]
      let worst = 0;
      expected.forEach((value, index) => {
        const [pixel, band] = [Math.floor(index / 4), index % 4];
        worst = Math.max(worst, Math.abs(value - (found[band * height * width + pixel] ?? Number.NaN)));
      });
      t.ok(worst <= 4e-6, `${height} x ${width}, ${stage}: error ${worst.toExponential(1)}`);
    }
    image.pixels.dispose();
  }
});

test('the published tiling refuses an image that is too small for it, by name', async (t) => {
  const image = sourceOf(new Float32Array(3 * 20 * 20), 20, 20);
  try {
    await publishedReconstruction(image, standIn, { tile: 16 });
    t.fail('it must not pass');
  } catch (error) {
    t.equal((error as { code?: string }).code, 'CONFIG_TILE', 'CONFIG_TILE');
    t.ok(String(error).includes('at least 16 pixels'), 'says how large it must be');
  }
  image.pixels.dispose();
});
