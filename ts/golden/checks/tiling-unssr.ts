import { native } from '../../native/index.js';
import type { SourceImage } from '../../reconstruct/network.js';
import { tensorPixels } from '../../reconstruct/pixels.js';
import { publishedOverlap, publishedPass, publishedReconstruction } from '../../reconstruct/published.js';
import type { Deviation } from '../agreement.js';
import type { GoldenFile } from '../golden-file.js';
import { keptBands, standIn } from './tiling-stand-in.js';

interface Size {
  H: number;
  W: number;
  patch: number;
}

/** Largest absolute difference; ours is `[bands, H, W]`, the file's `[H, W, bands]`. */
function absoluteError(ours: Float32Array, golden: Float64Array): number {
  const pixels = golden.length / keptBands.length;
  return golden.reduce((found, value, index) => {
    const [pixel, band] = [Math.floor(index / keptBands.length), index % keptBands.length];
    const difference = Math.abs(value - (ours[band * pixels + pixel] ?? Number.NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(found, difference);
  }, 0);
}

function imageOf(golden: GoldenFile, name: string, { H: height, W: width }: Size): SourceImage {
  const values = Float32Array.from(golden.values(`input/${name}/x`));
  const pixels = tensorPixels(native().fromTypedArray(values, [3, height, width], 'float32', 'cpu'));
  const plain = {
    scale: 1,
    srgb: false,
    matrix: [],
    clampNegative: false,
    offset: 0,
    gain: 1,
    device: 'cpu',
  };
  return { pixels, height, width, mapping: plain };
}

/** The authors' tiling with a stand-in network, at each of its stages. */
export async function checkTiling(golden: GoldenFile): Promise<Deviation[]> {
  const result: Deviation[] = [];
  for (const [name, size] of Object.entries(golden.config() as Record<string, Size>)) {
    const image = imageOf(golden, name, size);
    const settings = { tile: size.patch, batch: 3 };
    const stages = {
      pass: publishedPass({ image, top: 0, left: 0 }, standIn, settings),
      overlap: publishedOverlap(image, standIn, settings),
      full: publishedReconstruction(image, standIn, settings),
    };
    for (const [stage, running] of Object.entries(stages)) {
      const tensor = await running;
      const ours = (await native().toTypedArray(tensor)) as Float32Array;
      tensor.dispose();
      const error = absoluteError(ours, golden.values(`output/${name}/${stage}`));
      result.push({ name: `${name}/${stage}`, of: 'output', error, allowed: 4e-6 });
    }
    image.pixels.dispose();
  }
  return result;
}
