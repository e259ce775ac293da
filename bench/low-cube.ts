import { writeCube } from '../ts/data/index.js';
import { wavelengths, writeWeights } from './weights.js';

/** A cube of `size` x `size` pixels, smooth along the bands. */
async function writeLowCube(file: string, size: number): Promise<void> {
  const bands = wavelengths.length;
  const data = new Float32Array(bands * size * size);
  for (let i = 0; i < data.length; i++) data[i] = 0.5 + 0.4 * Math.sin(i / 50 + i / size ** 2);
  const origin = { file, format: 'mat5' };
  const extent = { bands, height: size, width: size };
  await writeCube(file, {
    ...extent,
    data,
    dtype: 'float32',
    wavelengths,
    fullScale: 1,
    name: 'bench',
    origin,
  });
}

/** Writes a low-resolution cube, and a checkpoint of a network that makes such cubes `scale` times larger. */
export async function writeLowCubeAndWeights(wanted: {
  model: string;
  scale: number;
  size: number;
  cube: string;
  checkpoint: string;
}): Promise<void> {
  await writeLowCube(wanted.cube, wanted.size);
  const trained = { paradigm: 'supervised', rgb: null, config: { patch: 32 } };
  await writeWeights(wanted.checkpoint, { id: wanted.model, options: { scale: wanted.scale } }, trained);
}
