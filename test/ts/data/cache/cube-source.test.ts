import { join } from 'node:path';
import test from 'tape';
import { openCubeSource } from '../../../../ts/data/cache/index.js';
import { type CubeData, openDataset, type Scene, writeCube } from '../../../../ts/data/index.js';
import { failsWith } from '../../failure.js';
import { withFolder } from '../../temporary-folder.js';

const [bands, height, width] = [8, 20, 24];

async function sceneOf(folder: string, data: Float32Array): Promise<Scene> {
  const file = join(folder, 'scene.mat');
  const origin = { file, format: 'mat5' };
  const cube: CubeData = {
    data,
    dtype: 'float32',
    bands,
    height,
    width,
    wavelengths: null,
    fullScale: 1,
    name: 's',
    origin,
  };
  await writeCube(file, cube);
  const [scene] = (await openDataset(file)).scenes;
  return scene as Scene;
}

const ramp = (): Float32Array => Float32Array.from({ length: bands * height * width }, (_, i) => i);

test('a cube is decoded in pieces of whole rows of tiles, each once', async (t) => {
  await withFolder(async (folder) => {
    const rows = 4;
    const scene = await sceneOf(folder, ramp());
    // Two rows of tiles and a half fit: two are read at a time.
    const source = await openCubeSource(scene, 2.5 * rows * bands * width * 4);
    const pieces = new Set<unknown>();
    for (let row = 0; row < height; row += rows) {
      const { values, start, bandStep } = await source.read(row, rows);
      pieces.add(values);
      for (const band of [0, bands - 1]) {
        const from = start + band * bandStep;
        const wanted = ramp().subarray((band * height + row) * width, (band * height + row + rows) * width);
        t.deepEqual([...values.subarray(from, from + rows * width)], [...wanted], `row ${row}, band ${band}`);
      }
    }
    t.equal(pieces.size, 3);
    await source.close?.();
  });
});

test('a value that is not finite is told with its row in the whole cube', async (t) => {
  await withFolder(async (folder) => {
    const data = ramp();
    data[(2 * height + 17) * width + 5] = Number.NaN;
    const source = await openCubeSource(await sceneOf(folder, data), 8 * bands * width * 4);
    await source.read(0, 8);
    await failsWith(t, source.read(16, 4), 'DATA_NOT_FINITE', /band 2, row 17, column 5/);
    await source.close?.();
  });
});
