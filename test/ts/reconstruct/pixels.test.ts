import test from 'tape';
import type { CubeData } from '../../../ts/data/cube.js';
import type { CubeReader, CubeWindow } from '../../../ts/data/formats/format.js';
import { memoryReader } from '../../../ts/data/formats/lines.js';
import { native } from '../../../ts/native/index.js';
import { FilePixels, tensorPixels } from '../../../ts/reconstruct/pixels.js';
import { plainMapping, valuesOf } from './stand-in.js';

const [bands, height, width] = [3, 12, 20];
const data = Float32Array.from({ length: bands * height * width }, (_, i) => i / 1000);
const cube: CubeData = {
  data,
  dtype: 'float32',
  bands,
  height,
  width,
  wavelengths: null,
  fullScale: 1,
  name: 'made',
  origin: { file: 'made', format: 'test' },
};

/** A reader that remembers what was read of it. */
function watched(lines: 'rows' | 'columns'): {
  reader: CubeReader;
  asked: CubeWindow[];
  closed: () => number;
} {
  const asked: CubeWindow[] = [];
  let closed = 0;
  const inner = memoryReader(cube);
  const reader: CubeReader = {
    info: inner.info,
    lines,
    read: (window = {}) => {
      asked.push(window);
      return inner.read(window);
    },
    close: async () => {
      closed++;
    },
  };
  return { reader, asked, closed: () => closed };
}

test('tiles of a cube in its file are those of the cube in memory', async (t) => {
  const inMemory = tensorPixels(native().fromTypedArray(data, [bands, height, width], 'float32', 'cpu'));
  for (const lines of ['rows', 'columns'] as const) {
    const { reader, asked, closed } = watched(lines);
    const pixels = new FilePixels(reader);
    t.same([pixels.channels, pixels.height, pixels.width], [bands, height, width]);
    for (const corners of [
      [0, 0, 0, 12],
      [4, 3],
      [4, 12],
      [0, 0],
    ]) {
      const [found, expected] = await Promise.all([
        pixels.cut(corners, 8, 8, plainMapping),
        inMemory.cut(corners, 8, 8, plainMapping),
      ]);
      t.same(await valuesOf(found), await valuesOf(expected), `${lines}, corners ${corners.join(' ')}`);
    }
    t.equal(asked.length, lines === 'rows' ? 3 : 1, 'neighbours along a line come from one reading');
    const upsideDown = await pixels.upsideDown();
    t.same(
      await valuesOf(await upsideDown.cut([0, 0], 1, width, plainMapping)),
      await valuesOf(await inMemory.cut([height - 1, 0], 1, width, plainMapping)),
      'upside down, the last row comes first',
    );
    upsideDown.dispose();
    pixels.dispose();
    t.equal(closed(), 1, 'the file is closed');
  }
  inMemory.dispose();
});
