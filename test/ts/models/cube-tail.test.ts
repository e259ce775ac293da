import test from 'tape';
import { type TensorEntries, tensorEntry } from '../../../ts/io/index.js';
import { signed } from '../../../ts/golden/rule.js';
import { createModel, type Model } from '../../../ts/models/index.js';
import { tidy } from '../../../ts/tensor/index.js';
import { difference, image, inferred } from './probes.js';

/** A number of a volume of one channel by band, row and column; 0 beyond its ends. */
interface Volume {
  at(band: number, row: number, column: number): number;
  shape: readonly [number, number, number];
}

function volume(shape: Volume['shape'], values: ArrayLike<number>): Volume {
  const [bands, height, width] = shape;
  const at: Volume['at'] = (band, row, column) => {
    const inside = band >= 0 && band < bands && row >= 0 && row < height && column >= 0 && column < width;
    return inside ? (values[(band * height + row) * width + column] ?? 0) : 0;
  };
  return { at, shape };
}

function filled(shape: Volume['shape'], value: (...position: [number, number, number]) => number): Volume {
  const [bands, height, width] = shape;
  const values: number[] = [];
  for (let band = 0; band < bands; band++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) values.push(value(band, row, column));
    }
  }
  return volume(shape, values);
}

/** The sum of what `value` gives for each position of a kernel. */
function total(shape: Volume['shape'], value: (...tap: [number, number, number]) => number): number {
  let sum = 0;
  filled(shape, (...tap) => (sum += value(...tap)));
  return sum;
}

/** By the definition: output o takes input i through tap o - i * stride + 1. */
function enlarge(x: Volume, kernel: Volume, bias: number, scale: number): Volume {
  const [bands, height, width] = x.shape;
  return filled([bands, height * scale, width * scale], (l, r, c) => {
    return (
      bias +
      total(x.shape, (i, j, k) => x.at(i, j, k) * kernel.at(l - i + 1, r - j * scale + 1, c - k * scale + 1))
    );
  });
}

function convolve(x: Volume, kernel: Volume, bias: number): Volume {
  const [bands, rows, columns] = kernel.shape.map((size) => (size - 1) / 2) as [number, number, number];
  return filled(
    x.shape,
    (l, r, c) =>
      bias +
      total(
        kernel.shape,
        (i, j, k) => kernel.at(i, j, k) * x.at(l + i - bands, r + j - rows, c + k - columns),
      ),
  );
}

type Layer = { kernel: Volume; bias: number };

/** Lets a network of one feature pass its input on to its tail: all kernels are zero but those of the head, which pass on their
 * middle, and the tail's. Returns the layers of the tail. */
async function bareTail(model: Model): Promise<Layer[]> {
  const entries: TensorEntries = new Map();
  const layers: Layer[] = [];
  for (const [key, { shape, size }] of model.state()) {
    const own = key.startsWith('tail.');
    let values = Float32Array.from(own ? signed(key, size) : new Float64Array(size));
    if (key.endsWith('weight_v') && !own) {
      values = values.fill(key.startsWith('head') ? 0 : 1);
      values[(size - 1) / 2] = 1;
    }
    if (key.endsWith('weight_g')) values.fill(own || key.startsWith('head') ? 1 : 0);
    entries.set(key, tensorEntry('float32', shape, values));
    const index = Number(key.split('.')[1]);
    if (own) layers[index] ??= { kernel: volume([0, 0, 0], []), bias: 0 };
    const layer = layers[index];
    if (!own || layer === undefined) continue;
    if (key.endsWith('bias')) layer.bias = values[0] ?? 0;
    if (!key.endsWith('weight_v')) continue;
    const norm = Math.hypot(...values);
    layer.kernel = volume(
      shape.slice(2) as [number, number, number],
      values.map((v) => v / norm),
    );
  }
  await model.loadWeights(entries);
  return layers;
}

for (const id of ['mcnet', 'ercsr']) {
  test(`${id}: its tail, computed as one layer, is the layers one by one, at borders too`, async (t) => {
    await tidy(async () => {
      for (const [scale, height, width] of [
        [2, 2, 3],
        [3, 1, 1],
        [3, 3, 2],
        [8, 2, 1],
      ] as const) {
        const model = createModel(id, { scale, bands: 3, width: 1 });
        const [first, ...others] = await bareTail(model);
        const x = image([1, 3, height, width]);
        const low = volume([3, height, width], await x.toTypedArray());
        let expected = enlarge(low, first?.kernel ?? low, first?.bias ?? 0, scale);
        for (const { kernel, bias } of others) expected = convolve(expected, kernel, bias);
        // One of the two adds the input, enlarged by repetition.
        const skip = id === 'ercsr' ? 1 : 0;
        const values: number[] = [];
        filled(expected.shape, (l, r, c) =>
          values.push(expected.at(l, r, c) + skip * low.at(l, Math.floor(r / scale), Math.floor(c / scale))),
        );
        const title = `scale ${scale}, ${height} x ${width}`;
        t.ok(difference(await inferred(model, x), Float32Array.from(values)) < 1e-5, title);
        t.ok(
          difference(await (await model.forward(x)).toTypedArray(), Float32Array.from(values)) < 1e-5,
          `${title}, with gradients`,
        );
      }
    });
  });
}
