import { join } from 'node:path';
import test from 'tape';
import { heldBackScenes, openDataset, readCube } from '../../../ts/data/index.js';
import { failsWith } from '../failure.js';
import { withFolder } from '../temporary-folder.js';
import { ramp, writePicture, writeTiny } from './datasets/tiny-cubes.js';

test('what a split holds back: scenes by name, or the area of one scene, which alone is read', async (t) => {
  await withFolder(async (folder) => {
    const [height, width, bands] = [20, 7, 6];
    const data = Float32Array.from({ length: bands * height * width }, (_, i) => i);
    const path = await writeTiny(join(folder, 'PaviaU.mat'), { bands, height, width, data });
    const rgb = Uint8Array.from({ length: 3 * height * width }, (_, i) => i % 251);
    await writePicture(join(folder, 'PaviaU.png'), { height, width, data: rgb });
    const { scenes } = await openDataset(path, { rgb: 'files' });
    const [part, ...others] = await heldBackScenes(scenes, 'strip');
    t.equal(others.length, 0);
    t.equal(part?.name, 'PaviaU');
    const info = await part?.info();
    t.same([info?.bands, info?.height, info?.width], [bands, 4, width], 'a fifth of the longer side');
    const [cube, whole] = [await part?.readCube(), await readCube(path)];
    const expected = Array.from({ length: bands }, (_, band) => [
      ...whole.data.subarray((band * height + 16) * width, (band + 1) * height * width),
    ]).flat();
    t.same([...(cube?.data ?? [])], expected);
    const picture = await part?.readRgb();
    t.same([picture?.height, picture?.width, picture?.data.length], [4, width, 3 * 4 * width]);
    t.same(
      [...(picture?.data ?? [])].slice(0, 3),
      [0, 1, 2].map((x) => rgb[(16 * width + x) * 3]),
    );
    const reader = await part?.openCube();
    t.same(
      [...((await reader?.read({ row: 3, height: 1, column: 6, width: 1, bands: [1] })) ?? [])],
      [whole.data[(height + 19) * width + 6]],
    );
    await failsWith(t, reader?.read({ row: 4, height: 1 }) ?? Promise.resolve(), 'DATA_WINDOW', /PaviaU/);
    await reader?.close();
    await failsWith(t, heldBackScenes(scenes, 'sspsr-chikusei'), 'DATA_SIZE_MISMATCH', /20x7 pixels/);
    await writeTiny(join(folder, 'cave', 'beads.mat'), ramp());
    await writeTiny(join(folder, 'cave', 'hairs.mat'), ramp());
    const cave = (await openDataset(join(folder, 'cave'))).scenes;
    t.same(
      (await heldBackScenes(cave, 'unssr-cave')).map(({ name }) => name),
      ['hairs'],
    );
    await failsWith(t, heldBackScenes(cave, 'strip'), 'CONFIG_VALUE', /the data has 2 scenes/);
  });
});
