import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'tape';
import {
  bytesPerValue,
  type CubeDType,
  type CubeValues,
  cubeInfo,
  dtypeOf,
  formatOf,
  fullScaleOf,
  readCube,
  sceneValues,
} from '../../../ts/data/index.js';
import { failsWith } from '../failure.js';
import { fixture } from '../shared-folder.js';
import { withFolder } from '../temporary-folder.js';

test('every dtype has its array, width and full scale', (t) => {
  const facts: [dtype: CubeDType, values: CubeValues, bytes: number, scale: number][] = [
    ['uint8', new Uint8Array(1), 1, 255],
    ['uint16', new Uint16Array(1), 2, 65535],
    ['int16', new Int16Array(1), 2, 32767],
    ['int32', new Int32Array(1), 4, 2147483647],
    ['float32', new Float32Array(1), 4, 1],
    ['float64', new Float64Array(1), 8, 1],
  ];
  for (const [dtype, values, bytes, scale] of facts) {
    t.same([dtypeOf(values), bytesPerValue(dtype), fullScaleOf(dtype)], [dtype, bytes, scale], dtype);
  }
  t.end();
});

test('the scene store gets uint8, uint16 and float32 as they are, everything else as float32', (t) => {
  for (const data of [Uint8Array.of(1, 2), Uint16Array.of(3, 4), Float32Array.of(0.5)]) {
    const { values, scale } = sceneValues({ data, fullScale: 7 });
    t.equal(values, data, 'the same memory');
    t.equal(scale, 7);
  }
  for (const data of [Int16Array.of(-3, 4), Int32Array.of(70000), Float64Array.of(0.25)]) {
    t.same(sceneValues({ data, fullScale: 1 }).values, Float32Array.from(data));
  }
  t.end();
});

test('containers are told by content, whatever the name; those that are not read yet are named', async (t) => {
  t.equal((await formatOf(fixture('mat', 'little-uint16.mat')))?.id, 'mat5');
  await withFolder(async (folder) => {
    const path = join(folder, 'cube.mat');
    await writeFile(path, Buffer.concat([Buffer.from('nothing known'), Buffer.alloc(200)]));
    await failsWith(t, readCube(path), 'DATA_FORMAT', /cube\.mat: not a container that is read/);
    await failsWith(t, cubeInfo(path), 'DATA_FORMAT', /cube\.mat/);
    await writeFile(path, Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1'));
    await failsWith(t, readCube(path), 'DATA_FORMAT', /a picture, where a cube was expected/);
  });
});
