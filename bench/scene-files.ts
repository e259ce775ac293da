import { join } from 'node:path';
import { type CubeData, writeCube } from '../ts/data/index.js';

/** A scene of the size of the CAVE database's: smooth along the bands, busy in its lines, with a sensor's noise. */
function sceneOf(dtype: 'uint16' | 'float32', bands: number, size: number): CubeData {
  const data =
    dtype === 'uint16' ? new Uint16Array(bands * size * size) : new Float32Array(bands * size * size);
  let noise = 12345;
  for (let i = 0; i < data.length; i++) {
    const [band, row, column] = [Math.floor(i / size / size), Math.floor(i / size) % size, i % size];
    noise = (Math.imul(noise, 1103515245) + 12345) >>> 0;
    const light = 0.3 + 0.2 * Math.sin(row / 17 + band / 9) * Math.cos(column / 23 - band / 11);
    const value = light + ((noise >>> 16) / 65536 - 0.5) * 0.004;
    data[i] = dtype === 'uint16' ? Math.round(value * 65535) : value;
  }
  const wavelengths = Array.from({ length: bands }, (_, band) => 400 + 10 * band);
  const fullScale = dtype === 'uint16' ? 65535 : 1;
  const origin = { file: 'made', format: 'bench' };
  return { data, dtype, bands, height: size, width: size, wavelengths, fullScale, name: 'scene', origin };
}

/** Containers that are timed. */
export const containers = ['cave', 'mat73', 'envi-bsq', 'envi-bip'] as const;

/** Writes a scene of 31 bands in a container and gives its path. */
export async function writeScene(
  folder: string,
  container: (typeof containers)[number],
  size: number,
): Promise<string> {
  const words = sceneOf(container === 'mat73' ? 'float32' : 'uint16', 31, size);
  const path = { cave: 'scene', mat73: 'scene-73.mat', 'envi-bsq': 'bsq.hdr', 'envi-bip': 'bip.hdr' }[
    container
  ];
  const format = { cave: 'png', mat73: 'mat73', 'envi-bsq': 'envi', 'envi-bip': 'envi' }[container];
  const interleave = container === 'envi-bip' ? 'bip' : 'bsq';
  await writeCube(join(folder, path), words, { format, interleave, overwrite: true });
  return join(folder, path);
}
