import test from 'tape';
import { native } from '../../../ts/native/index.js';
import { type BlendSettings, blendedLines } from '../../../ts/reconstruct/blended.js';
import type { SourceImage, TileFunction } from '../../../ts/reconstruct/network.js';
import { tensorPixels } from '../../../ts/reconstruct/pixels.js';
import { plainMapping, sourceOf, standIn, valuesOf } from './stand-in.js';

const plain: TileFunction = async (tiles) =>
  native().fromTypedArray(await native().toTypedArray(tiles), tiles.shape, 'float32', 'cpu');

const ramp = (height: number, width: number): Float32Array =>
  Float32Array.from({ length: 3 * height * width }, (_, index) => (index % 97) / 97);

/** Puts the lines of a pass together to `[bands, height, width]`. */
async function whole(
  image: SourceImage,
  network: TileFunction,
  settings: BlendSettings,
): Promise<Float32Array> {
  let cube = new Float32Array(0);
  let next = 0;
  for await (const { start, count, values } of blendedLines(image, network, settings)) {
    if (start !== next) throw new Error(`line ${start} came where ${next} was due`);
    next = start + count;
    const [bands = 0, , across = 0] = values.shape;
    const lines = await valuesOf(values);
    if (cube.length === 0) cube = new Float32Array(bands * image.height * image.width);
    lines.forEach((value, index) => {
      const band = Math.floor(index / (count * across));
      const [line, place] = [start + (Math.floor(index / across) % count), index % across];
      const [row, column] = settings.lines === 'rows' ? [line, place] : [place, line];
      cube[(band * image.height + row) * image.width + column] = value;
    });
  }
  return cube;
}

const apart = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (b[index] ?? Number.NaN))), 0)
    : Number.NaN;

test('blending gives back what a network without context makes of the whole image', async (t) => {
  const image = sourceOf(ramp(41, 53), 41, 53);
  for (const lines of ['rows', 'columns'] as const) {
    const cube = await whole(image, plain, { tile: 16, overlap: 5, batch: 3, lines });
    t.ok(apart(cube, ramp(41, 53)) < 1e-6, `by ${lines}`);
  }
  image.pixels.dispose();
});

test('rows and columns give the same cube', async (t) => {
  const image = sourceOf(ramp(30, 44), 30, 44);
  const settings = { tile: 16, overlap: 6, batch: 2 };
  const rows = await whole(image, standIn, { ...settings, lines: 'rows' });
  const columns = await whole(image, standIn, { ...settings, lines: 'columns' });
  t.ok(apart(rows, columns) < 1e-6, 'the same but for rounding');
  image.pixels.dispose();
});

test('the seam between two tiles that disagree is a smooth ramp', async (t) => {
  const width = 24;
  const image = sourceOf(new Float32Array(3 * 16 * width), 16, width);
  let call = 0;
  const disagreeing: TileFunction = async (tiles) => {
    const [count = 0, , height = 0, tile = 0] = tiles.shape;
    const values = new Float32Array(count * height * tile).fill(call++);
    return native().fromTypedArray(values, [count, 1, height, tile], 'float32', 'cpu');
  };
  const cube = await whole(image, disagreeing, { tile: 16, overlap: 8, batch: 1, lines: 'rows' });
  const row = cube.subarray(0, width);
  const steps = row.slice(1).map((value, index) => value - (row[index] ?? 0));
  t.equal(row[0], 0, 'the first tile alone');
  t.equal(row[width - 1], 1, 'the second tile alone');
  t.ok(Math.min(...steps) >= 0 && Math.max(...steps) < 0.25, 'no step above a quarter in between');
  image.pixels.dispose();
});

test('an sRGB image is freed of its curve and mapped before the network sees it', async (t) => {
  const image = sourceOf(Float32Array.from([0.5, 1, 0]), 1, 1);
  const swap = [0, 1, 0, 1, 0, 0, 0, 0, 1];
  const mapping = { ...plainMapping, srgb: true, matrix: swap };
  const cube = await whole({ ...image, mapping }, plain, { tile: 8, overlap: 0, batch: 1, lines: 'rows' });
  t.ok(Math.abs((cube[1] ?? 0) - 0.21404) < 1e-4, 'code 0.5 is 0.214 in linear light, and moved to green');
  t.equal(cube[0], 1, 'white stays white');
  image.pixels.dispose();
});

test('a 16-bit image is cut in its stored type', async (t) => {
  const values = Uint16Array.from([0, 65535, 13107]);
  const pixels = tensorPixels(native().fromTypedArray(values, [3, 1, 1], 'uint16', 'cpu'));
  const image = {
    pixels,
    height: 1,
    width: 1,
    mapping: { ...plainMapping, scale: 65535 },
  };
  const cube = await whole(image, plain, { tile: 8, overlap: 0, batch: 1, lines: 'rows' });
  t.deepEqual(
    [...cube].map((value) => Number(value.toFixed(6))),
    [0, 1, 0.2],
    'divided by full scale',
  );
  pixels.dispose();
});

test('an aborted signal stops a pass and leaves no tensor behind', async (t) => {
  const before = native().memory().tensors;
  const image = sourceOf(ramp(40, 40), 40, 40);
  const stop = new AbortController();
  try {
    const settings = { tile: 16, overlap: 4, batch: 1, lines: 'rows', signal: stop.signal } as const;
    for await (const lines of blendedLines(image, plain, settings, () => stop.abort()))
      lines.values.dispose();
    t.fail('it must not go on');
  } catch (error) {
    t.equal((error as Error).name, 'AbortError', 'with the reason of the signal');
  }
  image.pixels.dispose();
  t.ok(native().memory().tensors <= before, 'no tensor is left');
});

test('the uncertainty of a value f is -f ln f, and 0 outside (0, 1)', async (t) => {
  const cube = native().fromTypedArray(
    Float32Array.from([0, -1, 1, 2, Math.exp(-1), 0.5]),
    [6, 1, 1],
    'float32',
    'cpu',
  );
  const map = await valuesOf(await native().entropyMap(cube));
  cube.dispose();
  const expected = [0, 0, 0, 0, Math.exp(-1), 0.5 * Math.LN2];
  t.ok(apart(map, Float32Array.from(expected)) < 1e-6, 'largest at 1/e');
});
